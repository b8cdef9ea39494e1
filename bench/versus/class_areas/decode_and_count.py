"""Decoding and a plain histogram of 256 values, one handle per thread (bench/limit)."""
from contest import limit_step

limit_step("histogram", "GDAL ReadBlock and a histogram", lambda counts: {"cells": counts})
