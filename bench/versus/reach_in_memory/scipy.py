import scipy

from street_contest import contend_in_memory
from street_searches import SciPySearch

contend_in_memory(f"SciPy {scipy.__version__}", SciPySearch)
