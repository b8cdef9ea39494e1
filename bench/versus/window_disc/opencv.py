"""filter2D; for a kernel as large as this OpenCV goes through the discrete Fourier transform."""
import cv2
import numpy as np

from contest import cells, contend

at = np.arange(-30, 31)
DISC = (at[:, None] ** 2 + at[None, :] ** 2 <= 900).astype(np.float32)


def load(data, threads):
    cv2.setNumThreads(threads)
    green = cells(data, "green")
    return green, np.zeros(green.shape, np.float32)


def run(state):
    green, count = state
    return cv2.filter2D(green, cv2.CV_32F, DISC, dst=count, borderType=cv2.BORDER_CONSTANT)


contend(f"OpenCV {cv2.__version__} filter2D", load, run, lambda count: {"count": count})
