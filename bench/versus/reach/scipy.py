"""SciPy's Dijkstra with min_only; the rest of the script is in NumPy, with pyosmium, pyproj and pandas."""
import scipy

from street_contest import contend_from_files
from street_searches import SciPySearch

contend_from_files(f"SciPy {scipy.__version__}", SciPySearch)
