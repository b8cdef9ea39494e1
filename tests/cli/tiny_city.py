"""A city of 100 x 100 cells of 10 m, written with GDAL, that a test can then break in one place."""

import json
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()

UTM = 32633
WEST, NORTH, CELL, SIDE = 500000.0, 5600000.0, 10.0, 100

RECIPE = """
[city]
name = "Tiny"
boundary = "boundary.gpkg"

[[zones]]
path = "zones.gpkg"
id = "code"
name = "name"
level = "district"

[[land_cover]]
path = "cover.tif"
legend = "legend.csv"

[[green_spaces]]
path = "parks.gpkg"
role = "green"
public = "access = 'yes'"

[[population]]
path = "people.gpkg"
column = "people"

[parameters]
min_green_area_ha = 0.5
"""

LEGEND = """code,class_name,green,blue,built,natural,vegetated,missing
0,none,0,0,0,0,0,nodata
1,wood,1,0,0,1,1,
2,water,0,1,0,1,0,
3,houses,0,0,1,0,0,
"""


def box(left, bottom, right, top):
    """A rectangle in metres from the city's south-west corner, as WKT."""
    west, south = WEST, NORTH - CELL * SIDE
    x0, x1, y0, y1 = west + left, west + right, south + bottom, south + top
    return f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def classes():
    """Houses, a wood in the north-west and a pond in the south-east."""
    cells = np.full((SIDE, SIDE), 3, np.uint8)
    cells[:40, :50] = 1
    cells[80:, 80:] = 2
    return cells


def write_raster(path, cells, epsg=UTM, transform=(WEST, CELL, 0, NORTH, 0, -CELL), kind=gdal.GDT_Byte, nodata=None, options=()):
    height, width = cells.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, kind, list(options))
    dataset.SetGeoTransform(transform)
    if epsg:
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(epsg)
        dataset.SetProjection(crs.ExportToWkt())
    if nodata is not None:
        dataset.GetRasterBand(1).SetNoDataValue(nodata)
    dataset.GetRasterBand(1).WriteArray(cells)
    dataset = None


def write_layer(path, features, epsg=UTM, layer=None, driver="GPKG", kind=ogr.wkbUnknown):
    """features: a list of (WKT or None, {column: value}); a column's type is that of its first value."""
    path = Path(path)
    dataset = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    crs = None
    if epsg:
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(epsg)
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    table = dataset.CreateLayer(layer or path.stem, crs, kind)
    columns = {}
    for _, values in features:
        for name, value in values.items():
            columns.setdefault(name, ogr.OFTInteger if isinstance(value, int) else ogr.OFTReal if isinstance(value, float) else ogr.OFTString)
    for name, field in columns.items():
        table.CreateField(ogr.FieldDefn(name, field))
    for shape, values in features:
        feature = ogr.Feature(table.GetLayerDefn())
        for name, value in values.items():
            if value is not None:
                feature.SetField(name, value)
        if shape is not None:
            feature.SetGeometryDirectly(ogr.CreateGeometryFromWkt(shape))
        table.CreateFeature(feature)
    table = dataset = None


def rewrite_layer(path, features, **form):
    Path(path).unlink()
    write_layer(path, features, **form)


def districts():
    return [
        (box(0, 500, 500, 1000), {"code": "nw", "name": "North-west"}),
        (box(500, 500, 1000, 1000), {"code": "ne", "name": "North-east"}),
        (box(0, 0, 1000, 500), {"code": "s", "name": "South"}),
    ]


def people():
    return [(box(0, 0, 500, 1000), {"people": 600}), (box(500, 0, 1000, 1000), {"people": 400})]


def write_city(folder):
    """Every file of the city; returns its recipe."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_raster(folder / "cover.tif", classes(), nodata=0)
    write_layer(folder / "boundary.gpkg", [(box(0, 0, 1000, 1000), {"name": "Tiny"})])
    write_layer(folder / "zones.gpkg", districts())
    write_layer(folder / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "yes"}), (box(600, 100, 700, 150), {"access": "no"})])
    write_layer(folder / "people.gpkg", people())
    (folder / "legend.csv").write_text(LEGEND)
    recipe = folder / "city.toml"
    recipe.write_text(RECIPE)
    return recipe


def results(folder):
    return json.loads((Path(folder) / "results.json").read_text())
