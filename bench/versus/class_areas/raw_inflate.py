"""What decoding alone takes when libdeflate is called directly, past GDAL, as urbiome does (bench/limit)."""
from contest import limit_step

limit_step("inflate", "libdeflate")
