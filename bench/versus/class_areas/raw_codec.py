"""What decoding alone takes: every block through GDAL's own decoder, one handle per thread (bench/limit)."""
from contest import limit_step

limit_step("decode", "GDAL ReadBlock")
