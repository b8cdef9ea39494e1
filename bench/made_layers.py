"""Layers that both generators make: irregular zones that share their borders, blobs for parks, rasters of people.

Everything follows from a seed: the same call writes the same shapes and the same cells.
"""
import math

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()


def fractal_heights(rng, points, roughness=0.55):
    """Midpoint displacement over `points` + 2 places; both ends are 0, so lines that share a corner still meet."""
    levels = max(1, math.ceil(math.log2(points + 1)))
    heights = np.zeros(2**levels + 1)
    step, amplitude = 2**levels, 1.0
    while step > 1:
        half = step // 2
        middles = (heights[0:-1:step] + heights[step::step]) / 2
        heights[half::step] = middles + amplitude * rng.uniform(-1, 1, middles.size)
        step, amplitude = half, amplitude * roughness
    at = np.linspace(0, heights.size - 1, points + 2)
    return np.interp(at, np.arange(heights.size), heights)


def rough_line(rng, a, b, points):
    """From a to b with `points` between. It stays in a narrow cone at both ends, so neighbours do not cross it."""
    share = np.linspace(0, 1, points + 2)
    bend = 0.25 * np.minimum(share, 1 - share) * np.tanh(1.5 * fractal_heights(rng, points))
    along = np.subtract(b, a)
    across = np.array([-along[1], along[0]])
    return np.asarray(a) + share[:, None] * along + bend[:, None] * across


def zone_lattice(seed, box, rows, cols, points):
    """rows x cols polygons that fill `box` (xmin, ymin, xmax, ymax) without gap or overlap; inner borders are rough,
    with `points` vertices each. Yields closed rings."""
    rng = np.random.default_rng(seed)
    xmin, ymin, xmax, ymax = box
    x, y = np.meshgrid(np.linspace(xmin, xmax, cols + 1), np.linspace(ymax, ymin, rows + 1))
    shift = rng.uniform(-0.22, 0.22, (2, rows + 1, cols + 1))
    shift[0][:, [0, -1]] = 0
    shift[1][[0, -1], :] = 0
    x, y = x + shift[0] * (xmax - xmin) / cols, y + shift[1] * (ymax - ymin) / rows
    corner = lambda r, c: np.array([x[r, c], y[r, c]])
    straight = lambda a, b: np.linspace(a, b, points + 2)
    right = {(r, c): (straight if r in (0, rows) else lambda a, b: rough_line(rng, a, b, points))(corner(r, c), corner(r, c + 1))
             for r in range(rows + 1) for c in range(cols)}
    down = {(r, c): (straight if c in (0, cols) else lambda a, b: rough_line(rng, a, b, points))(corner(r, c), corner(r + 1, c))
            for r in range(rows) for c in range(cols + 1)}
    for r in range(rows):
        for c in range(cols):
            yield np.vstack([right[r, c][:-1], down[r, c + 1][:-1], right[r + 1, c][:0:-1], down[r, c][::-1]])


def blob(rng, middle, radius, points):
    """A star-shaped ring round `middle`."""
    angle = np.linspace(0, 2 * math.pi, points, endpoint=False)
    waves = sum(rng.uniform(0, 0.5 / k) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in range(1, 7))
    r = radius * np.exp(0.6 * waves)
    ring = np.column_stack([middle[0] + r * np.cos(angle), middle[1] + r * np.sin(angle)])
    return np.vstack([ring, ring[:1]])


def write_features(path, layer_name, wkt, kind, fields, features):
    """`features` yields (geometry, values); a GeoPackage with one layer. Returns their number."""
    driver = ogr.GetDriverByName("GPKG")
    crs = osr.SpatialReference()
    crs.ImportFromWkt(wkt)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    dataset = driver.CreateDataSource(path)
    layer = dataset.CreateLayer(layer_name, crs, kind)
    for name in fields:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    number = 0
    layer.StartTransaction()
    for shape, values in features:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in zip(fields, values):
            feature.SetField(name, value)
        feature.SetGeometry(shape)
        layer.CreateFeature(feature)
        number += 1
    layer.CommitTransaction()
    return number


def polygon(ring):
    line = ogr.Geometry(ogr.wkbLinearRing)
    for px, py in ring:
        line.AddPoint_2D(float(px), float(py))
    shape = ogr.Geometry(ogr.wkbPolygon)
    shape.AddGeometry(line)
    return shape


def write_polygons(path, layer_name, wkt, fields, features):
    """`features` yields (ring, values). Returns (polygons, vertices)."""
    vertices = 0

    def shapes():
        nonlocal vertices
        for ring, values in features:
            vertices += len(ring)
            yield polygon(ring), values

    polygons = write_features(path, layer_name, wkt, ogr.wkbPolygon, fields, shapes())
    return polygons, vertices


def write_points(path, layer_name, wkt, fields, features):
    """`features` yields ((x, y), values). Returns the number of points."""

    def shapes():
        for (px, py), values in features:
            shape = ogr.Geometry(ogr.wkbPoint)
            shape.AddPoint_2D(float(px), float(py))
            yield shape, values

    return write_features(path, layer_name, wkt, ogr.wkbPoint, fields, shapes())


def create_raster(path, cols, rows, data_type, transform, wkt, nodata=None, options=()):
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(path, cols, rows, 1, data_type, list(options))
    dataset.SetGeoTransform(transform)
    dataset.SetProjection(wkt)
    if nodata is not None:
        dataset.GetRasterBand(1).SetNoDataValue(nodata)
    return dataset


CLASS_OPTIONS = ("TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE", "ZLEVEL=6", "BIGTIFF=IF_SAFER", "NUM_THREADS=ALL_CPUS")
COUNT_OPTIONS = ("TILED=YES", "COMPRESS=DEFLATE")
