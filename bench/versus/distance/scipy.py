import scipy
from scipy.ndimage import distance_transform_edt

from contest import cells, contend

contend(f"SciPy {scipy.__version__}", lambda data, _: cells(data, "green") == 0, distance_transform_edt,
        lambda distance: {"distance": distance}, one_thread=True)
