"""The fastest of the types that hold the counts: half the bytes to write."""
import cv2
import numpy as np

from contest import cells, contend

SIDE = (61, 61)


def load(data, threads):
    cv2.setNumThreads(threads)
    green = cells(data, "green")
    return green, np.zeros(green.shape, np.uint16)


def run(state):
    green, count = state
    return cv2.boxFilter(green, cv2.CV_16U, SIDE, dst=count, normalize=False, borderType=cv2.BORDER_CONSTANT)


contend(f"OpenCV {cv2.__version__} boxFilter to CV_16U", load, run, lambda count: {"count": count})
