import cv2
import numpy as np

from contest import cells, contend


def load(data, threads):
    cv2.setNumThreads(threads)
    green = cells(data, "green")
    return green, np.zeros(green.shape, np.int32)  # labels go into memory that is there already, as ours do


def run(state):
    green, labels = state
    return cv2.connectedComponentsWithStats(green, labels=labels, connectivity=8, ltype=cv2.CV_32S)


def answers(result):
    _, labels, statistics, _ = result
    return {"labels": labels, "cells": statistics[1:, cv2.CC_STAT_AREA].copy()}


contend(f"OpenCV {cv2.__version__}", load, run, answers)
