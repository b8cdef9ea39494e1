from osgeo import gdal

from contest import cells, contend

gdal.UseExceptions()


def load(data, threads):
    green = cells(data, "green")
    source = gdal.GetDriverByName("MEM").Create("", green.shape[1], green.shape[0], 1, gdal.GDT_Byte)
    source.GetRasterBand(1).WriteArray(green)
    return source, gdal.GetDriverByName("MEM").Create("", green.shape[1], green.shape[0], 1, gdal.GDT_Float32)


def run(rasters):
    source, out = rasters
    gdal.ComputeProximity(source.GetRasterBand(1), out.GetRasterBand(1), ["VALUES=1", "DISTUNITS=PIXEL"])
    return out


contend(f"GDAL {gdal.__version__} ComputeProximity", load, run, lambda out: {"distance": out.ReadAsArray()}, one_thread=True)
