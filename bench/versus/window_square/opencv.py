import cv2

from contest import cells, contend

SIDE = (61, 61)


def load(data, threads):
    cv2.setNumThreads(threads)
    return cells(data, "green")


def run(green):
    return cv2.boxFilter(green, cv2.CV_32F, SIDE, normalize=False, borderType=cv2.BORDER_CONSTANT)


contend(f"OpenCV {cv2.__version__} boxFilter", load, run, lambda count: {"count": count})
