import cv2
import numpy as np

from contest import cells, contend

SIDE = (61, 61)


def load(data, threads):
    cv2.setNumThreads(threads)
    green = cells(data, "green")
    return green, np.zeros(green.shape, np.float32)


def run(state):
    green, count = state
    return cv2.boxFilter(green, cv2.CV_32F, SIDE, dst=count, normalize=False, borderType=cv2.BORDER_CONSTANT)


contend(f"OpenCV {cv2.__version__} boxFilter to CV_32F", load, run, lambda count: {"count": count})
