import numpy as np
import scipy
from scipy.signal import oaconvolve

from contest import cells, contend

at = np.arange(-30, 31)
DISC = (at[:, None] ** 2 + at[None, :] ** 2 <= 900).astype(np.float32)

contend(f"SciPy {scipy.__version__} oaconvolve", lambda data, _: cells(data, "green").astype(np.float32),
        lambda green: oaconvolve(green, DISC, mode="same"), lambda count: {"count": count}, one_thread=True)
