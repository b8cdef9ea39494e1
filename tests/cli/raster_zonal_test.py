"""Statistics of zones, tables of shares and resampled counts: against numpy, GDAL's polygons and, where it is installed, exactextract."""

import csv
import math

import numpy as np
import pytest
import verbs_test
from conftest import BAD_INPUT, WRONG_USAGE
from osgeo import gdal, ogr, osr
from tiny_city import NORTH, UTM, WEST, box, write_layer, write_raster

SIDE, CELL = 40, 10.0
STATISTICS = ["count", "sum", "mean", "min", "max", "range", "variance", "stdev", "coefficient_of_variation", "median", "quantile_25", "quantile_90", "mode", "minority", "variety"]
WEIGHTED = ["weight", "weighted_sum", "weighted_mean", "weighted_variance", "weighted_stdev"]


def zone_shapes():
    """Stars that overlap, one of a single cell, one half outside, one far away."""
    random, shapes = np.random.default_rng(3), []
    for x, y, radius, corners in [(150, 200, 140, 17), (250, 180, 120, 40), (385, 10, 90, 9), (203, 207, 2, 5)]:
        angles = np.linspace(0, 2 * math.pi, corners, endpoint=False)
        reach = radius * random.uniform(0.4, 1, corners)
        points = [(WEST + x + r * math.cos(a), NORTH - SIDE * CELL + y + r * math.sin(a)) for a, r in zip(angles, reach)]
        shapes.append("POLYGON((" + ",".join(f"{px!r} {py!r}" for px, py in points + points[:1]) + "))")
    return shapes + [box(1e6, 1e6, 1e6 + 50, 1e6 + 50)]


def shares(wkt):
    """Covered share of every cell, by GEOS."""
    zone, found = ogr.CreateGeometryFromWkt(wkt), np.zeros((SIDE, SIDE))
    for row in range(SIDE):
        for col in range(SIDE):
            x, y = WEST + col * CELL, NORTH - row * CELL
            cell = ogr.CreateGeometryFromWkt(f"POLYGON(({x} {y},{x + CELL} {y},{x + CELL} {y - CELL},{x} {y - CELL},{x} {y}))")
            if zone.Intersects(cell):
                found[row, col] = zone.Intersection(cell).GetArea() / CELL ** 2
    return found


def made(kind, seed=1):
    random = np.random.default_rng(seed)
    if kind == "byte":
        return random.integers(0, 9, (SIDE, SIDE)).astype(np.uint8), gdal.GDT_Byte, 8
    if kind == "int16":
        return random.integers(-300, 300, (SIDE, SIDE)).astype(np.int16), gdal.GDT_Int16, -299
    values = np.round(random.normal(400, 30, (SIDE, SIDE)), 2).astype(np.float32)
    values[random.random((SIDE, SIDE)) < 0.1] = -9999
    return values, gdal.GDT_Float32, -9999


def quantile(values, weights, q):
    distinct = np.unique(values)
    w = np.array([weights[values == v].sum() for v in distinct])
    before, n = np.concatenate([[0], np.cumsum(w)[:-1]]), len(distinct)
    return np.interp(q * (n - 1) * w.sum(), np.arange(n) * w + (n - 1) * before, distinct)


def expected(values, valid, share, weights=None):
    """By definition, with numpy."""
    inside = (share > 0) & valid
    v, w = values[inside].astype(float), share[inside]
    if not len(v):
        return {name: 0.0 if name in ("count", "sum", "variety", "weight", "weighted_sum") else None for name in STATISTICS + WEIGHTED}
    mean = (v * w).sum() / w.sum()
    variance = (w * (v - mean) ** 2).sum() / w.sum()
    distinct = np.unique(v)
    cover = np.array([math.fsum(w[v == d]) for d in distinct])
    result = {"count": w.sum(), "sum": (v * w).sum(), "mean": mean, "min": v.min(), "max": v.max(), "range": v.max() - v.min(), "variance": variance,
              "stdev": variance ** 0.5, "coefficient_of_variation": variance ** 0.5 / mean, "median": quantile(v, w, 0.5), "quantile_25": quantile(v, w, 0.25),
              "quantile_90": quantile(v, w, 0.9), "variety": len(distinct), "mode": distinct[cover >= cover.max() - 1e-9].max(), "minority": distinct[cover <= cover.min() + 1e-9].min()}
    if weights is not None:
        ww = w * weights[inside]
        wm = (v * ww).sum() / ww.sum()
        wv = (ww * (v - wm) ** 2).sum() / ww.sum()
        result |= {"weight": ww.sum(), "weighted_sum": (v * ww).sum(), "weighted_mean": wm, "weighted_variance": wv, "weighted_stdev": wv ** 0.5}
    return result


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(r["zone_id"], int(r["band"]), r["statistic"]): float(r["value"]) if r["value"] else None for r in rows}


@pytest.fixture
def zones(urbiome):
    shapes = zone_shapes()
    write_layer(urbiome.folder / "zones.gpkg", [(wkt, {"zone": f"z{i}"}) for i, wkt in enumerate(shapes)])
    return shapes


def agree(found, wanted, zone, band=1):
    for name, value in wanted.items():
        if (zone, band, name) not in found:
            continue
        got = found[zone, band, name]
        assert (got is None) == (value is None), (zone, name, got, value)
        if value is not None:
            assert got == pytest.approx(value, rel=1e-9, abs=1e-9), (zone, name)


@pytest.mark.parametrize("verb", ["zonal", "resample"])
def test_help(urbiome, verb):
    verbs_test.test_help_and_usage_agree(urbiome, ["raster", verb])


@pytest.mark.parametrize("kind", ["byte", "int16", "float"])
def test_agrees_with_numpy(urbiome, zones, kind):
    values, gdal_type, nodata = made(kind)
    write_raster(urbiome.folder / "v.tif", values, kind=gdal_type, nodata=nodata)
    weights = np.random.default_rng(2).gamma(2, 1, (SIDE, SIDE)).astype(np.float32)
    write_raster(urbiome.folder / "w.tif", weights, kind=gdal.GDT_Float32)
    urbiome.done("raster", "zonal", "v.tif", "zones.gpkg", "t.csv", "--zone-id", "zone", "--statistics", ",".join(STATISTICS + WEIGHTED), "--weights", "w.tif", "-q")
    urbiome.done("raster", "zonal", "v.tif", "zones.gpkg", "u.csv", "--zone-id", "zone", "--statistics", ",".join(STATISTICS), "-q")
    found, unweighted = table(urbiome.folder / "t.csv"), table(urbiome.folder / "u.csv")
    assert all(found[key] == value for key, value in unweighted.items())     # counted or summed, the same digits
    assert list(dict.fromkeys(key[0] for key in found)) == ["z0", "z1", "z2", "z3", "z4"]
    for i, wkt in enumerate(zones):
        agree(found, expected(values, values != nodata, shares(wkt), weights), f"z{i}")


@pytest.mark.parametrize("kind", ["byte", "float"])
@pytest.mark.parametrize("epsg, transform", [(UTM, None), (4326, (10, 0.01, 0, 50, 0, -0.01))])
def test_areas_weigh_at_no_cost_to_the_rest(urbiome, kind, epsg, transform):
    values, gdal_type, nodata = made(kind)
    transform = transform or (WEST, CELL, 0, NORTH, 0, -CELL)
    write_raster(urbiome.folder / "v.tif", values, epsg=epsg, kind=gdal_type, nodata=nodata, transform=transform)
    x0, y0, step = transform[0], transform[3], transform[1]
    a, b = 3.25 * step, 30.5 * step
    write_layer(urbiome.folder / "z.gpkg", [(f"POLYGON(({x0 + a} {y0 - a},{x0 + b} {y0 - a},{x0 + b} {y0 - b},{x0 + a} {y0 - b},{x0 + a} {y0 - a}))", {"zone": "z"})], epsg=epsg)
    urbiome.done("raster", "zonal", "v.tif", "z.gpkg", "t.csv", "--zone-id", "zone", "--statistics", "count,weight,weighted_mean", "--weights", "area", "-q")
    write_raster(urbiome.folder / "ones.tif", np.ones((SIDE, SIDE), np.uint8), epsg=epsg, transform=transform)
    urbiome.done("raster", "tabulate", "ones.tif", "a.csv", "--zones", "z.gpkg", "--zone-id", "zone", "-q")
    found = table(urbiome.folder / "t.csv")
    whole = float(list(csv.DictReader(open(urbiome.folder / "a.csv", newline="")))[0]["area_m2"])
    share = np.zeros((SIDE, SIDE))
    share[3:31, 3:31] = 1
    for edge, part in ((3, 0.75), (30, 0.5)):
        share[edge, :] *= part
        share[:, edge] *= part
    valid = values != nodata
    area = np.ones((SIDE, SIDE))
    if epsg == 4326:   # zones of the ellipsoid between parallels
        e = math.sqrt(0.00669437999014)
        q = lambda lat: math.sin(lat) / (1 - (e * math.sin(lat)) ** 2) + math.atanh(e * math.sin(lat)) / e
        lat = np.radians(y0 - step * np.arange(SIDE + 1))
        band = np.array([q(lat[i]) - q(lat[i + 1]) for i in range(SIDE)])
        area = np.repeat(6378137.0 ** 2 * (1 - e * e) / 2 * math.radians(step) * band[:, None], SIDE, axis=1)
        assert found["z", 1, "weight"] == pytest.approx((area * share)[valid].sum(), rel=1e-9)
    assert found["z", 1, "count"] == pytest.approx(share[valid].sum(), rel=1e-12)
    assert found["z", 1, "weight"] < whole
    assert found["z", 1, "weighted_mean"] == pytest.approx((values * area * share)[valid].sum() / (area * share)[valid].sum(), rel=1e-6 if epsg == UTM else 1e-9)


def test_same_bytes_for_threads_tiles_and_files(urbiome, zones):
    tables = {}
    for kind in ("byte", "float"):
        values, gdal_type, nodata = made(kind)
        values = np.tile(values, (8, 8))
        for name, options in (("strips", []), ("tiles", ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=48", "COMPRESS=DEFLATE"])):
            write_raster(urbiome.folder / f"{kind}_{name}.tif", values, kind=gdal_type, nodata=nodata, options=options)
            for threads, tile in ((1, None), (2, 64), (7, 100), (2, 1000)):
                words = ["--num-threads", threads] + (["--tile-size", tile] if tile else [])
                urbiome.done("raster", "zonal", f"{kind}_{name}.tif", "zones.gpkg", "t.csv", "--zone-id", "zone", "--overwrite", "-q", "--weights", "area", "--statistics", ",".join(STATISTICS + WEIGHTED), *words)
                tables.setdefault(kind, set()).add((urbiome.folder / "t.csv").read_bytes())
                urbiome.done("raster", "coverage", f"{kind}_{name}.tif", "zones.gpkg", "t.csv", "--zone-id", "zone", "--overwrite", "-q", *words)
                tables.setdefault("coverage", set()).add((urbiome.folder / "t.csv").read_bytes())
    assert {kind: len(found) for kind, found in tables.items()} == {"byte": 1, "float": 1, "coverage": 1}


def test_coverage_table_is_what_polygons_cover(urbiome, zones):
    write_raster(urbiome.folder / "v.tif", np.ones((SIDE, SIDE), np.uint8))
    urbiome.done("raster", "coverage", "v.tif", "zones.gpkg", "t.csv", "--zone-id", "zone", "-q")
    rows = list(csv.DictReader(open(urbiome.folder / "t.csv", newline="")))
    order = [(r["zone_id"], int(r["row"]), int(r["col"])) for r in rows]
    assert order == sorted(order) and len(set(order)) == len(order)
    for i, wkt in enumerate(zones):
        found = np.zeros((SIDE, SIDE))
        for r in rows:
            if r["zone_id"] == f"z{i}":
                found[int(r["row"]), int(r["col"])] = float(r["share"])
        assert np.abs(found - shares(wkt)).max() < 1e-9


def test_bands_infinities_and_what_is_not_defined(urbiome):
    path = urbiome.folder / "v.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 4, 3, gdal.GDT_Float64)
    dataset.SetGeoTransform((WEST, CELL, 0, NORTH, 0, -CELL))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(UTM)
    dataset.SetProjection(crs.ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(np.array([[1e300, -1e300, 1, 2]] * 4))
    dataset.GetRasterBand(2).WriteArray(np.full((4, 4), np.nan))
    dataset.GetRasterBand(3).WriteArray(np.array([[np.inf, 1, 2, 3]] * 4))
    dataset = None
    x, y = WEST, NORTH
    write_layer(urbiome.folder / "z.gpkg", [(f"POLYGON(({x} {y},{x + 40} {y},{x + 40} {y - 40},{x} {y - 40},{x} {y}))", {"zone": "all"})])
    urbiome.done("raster", "zonal", "v.tif", "z.gpkg", "t.csv", "--zone-id", "zone", "--statistics", "count,sum,mean,variance,variety,max", "-q")
    found = table(urbiome.folder / "t.csv")
    assert [found["all", 1, s] for s in ("count", "sum", "mean", "variety")] == [16, 12, 0.75, 4]
    assert [found["all", 2, s] for s in ("count", "sum", "mean", "variance", "variety", "max")] == [0, 0, None, None, 0, None]
    assert [found["all", 3, s] for s in ("count", "sum", "mean", "variance", "max")] == [16, math.inf, math.inf, None, math.inf]
    urbiome.done("raster", "zonal", "v.tif", "z.gpkg", "t.csv", "--band", "2", "--overwrite", "-q")
    assert {key[1] for key in table(urbiome.folder / "t.csv")} == {2}


def test_zones_in_another_crs(urbiome):
    values, gdal_type, nodata = made("float")
    write_raster(urbiome.folder / "v.tif", values, kind=gdal_type, nodata=nodata)
    from_utm, to = osr.SpatialReference(), osr.SpatialReference()
    from_utm.ImportFromEPSG(UTM)
    to.ImportFromEPSG(4326)
    to.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    shape = ogr.CreateGeometryFromWkt(zone_shapes()[0])
    write_layer(urbiome.folder / "a.gpkg", [(shape.ExportToWkt(), {"zone": "z"})])
    shape.Transform(osr.CoordinateTransformation(from_utm, to))
    write_layer(urbiome.folder / "b.gpkg", [(shape.ExportToWkt(), {"zone": "z"})], epsg=4326)
    for name in "ab":
        urbiome.done("raster", "zonal", "v.tif", f"{name}.gpkg", f"{name}.csv", "--zone-id", "zone", "-q")
    a, b = table(urbiome.folder / "a.csv"), table(urbiome.folder / "b.csv")
    assert a["z", 1, "mean"] == pytest.approx(b["z", 1, "mean"], rel=1e-5) and a["z", 1, "count"] == pytest.approx(b["z", 1, "count"], rel=1e-4)


@pytest.mark.parametrize("words, status, said", [
    (["v.tif", "zones.gpkg", "t.csv", "--statistics", "mean,speed"], WRONG_USAGE, "speed.*expected count, sum"), (["v.tif", "zones.gpkg", "t.csv", "--statistics", "quantile_101"], WRONG_USAGE, "quantile_101"),
    (["v.tif", "zones.gpkg", "t.csv", "--statistics", "weighted_mean"], WRONG_USAGE, "--weights"), (["v.tif", "t.csv"], WRONG_USAGE, "VALUES ZONES OUT.csv"),
    (["v.tif", "zones.gpkg", "t.csv", "--statistics", "weighted_mean", "--weights", "other.tif"], BAD_INPUT, "40 x 40 cells.*20 x 20 cells.*warp the weights.*gdalwarp"),
    (["v.tif", "zones.gpkg", "t.csv", "--statistics", "weighted_mean", "--weights", "abroad.tif"], BAD_INPUT, "WGS 84 / UTM zone 34N.*the CRS of v.tif"),
    (["v.tif", "zones.gpkg", "t.csv", "--statistics", "weighted_mean", "--weights", "none.tif"], BAD_INPUT, "none.tif does not exist"), (["v.tif", "none.gpkg", "t.csv"], BAD_INPUT, "none.gpkg"),
    (["none.tif", "zones.gpkg", "t.csv"], BAD_INPUT, "none.tif does not exist"), (["v.tif", "zones.gpkg", "t.csv", "--band", "4"], BAD_INPUT, "band 4"), (["v.tif", "lines.gpkg", "t.csv"], BAD_INPUT, "expected polygons"),
    (["v.tif", "zones.gpkg", "t.csv", "--zone-id", "name"], BAD_INPUT, "no column 'name'"), (["cut.tif", "zones.gpkg", "t.csv"], BAD_INPUT, "cut.tif"), (["v.tif", "zones.gpkg", "v.tif", "--overwrite"], WRONG_USAGE, "input")])
def test_what_cannot_be_computed(urbiome, zones, words, status, said):
    values, gdal_type, nodata = made("float")
    write_raster(urbiome.folder / "v.tif", values, kind=gdal_type, nodata=nodata)
    write_raster(urbiome.folder / "other.tif", values[:20, :20], kind=gdal_type)
    write_raster(urbiome.folder / "abroad.tif", values, epsg=32634, kind=gdal_type)
    write_layer(urbiome.folder / "lines.gpkg", [("LINESTRING(0 0,1 1)", {"zone": "a"})])
    write_raster(urbiome.folder / "cut.tif", np.random.default_rng(1).normal(size=(SIDE, SIDE)), kind=gdal.GDT_Float64)
    whole = (urbiome.folder / "cut.tif").read_bytes()
    (urbiome.folder / "cut.tif").write_bytes(whole[: len(whole) // 2])
    urbiome.refused(status, said, "raster", "zonal", *words, "-q")


def test_agrees_with_exactextract(urbiome, zones):
    exactextract = pytest.importorskip("exactextract")
    values, gdal_type, nodata = made("float")
    write_raster(urbiome.folder / "v.tif", values.astype(float), kind=gdal.GDT_Float64, nodata=nodata)   # it gives quantiles in the type of the raster
    names = ["count", "sum", "mean", "min", "max", "variance", "stdev", "coefficient_of_variation", "median", "mode", "minority", "variety"]
    urbiome.done("raster", "zonal", "v.tif", "zones.gpkg", "t.csv", "--zone-id", "zone", "--statistics", ",".join(names), "-q")
    found = table(urbiome.folder / "t.csv")
    for feature in exactextract.exact_extract(str(urbiome.folder / "v.tif"), str(urbiome.folder / "zones.gpkg"), names, include_cols=["zone"]):
        properties = feature["properties"]
        if properties["count"] > 0:
            agree(found, {name: properties[name] for name in names}, properties["zone"])


def people(seed=5):
    counts = np.random.default_rng(seed).gamma(0.5, 30, (SIDE, SIDE)).astype(np.float32)
    counts[:5, :7] = -1
    return counts


def read(path):
    return gdal.Open(str(path)).ReadAsArray()


@pytest.mark.parametrize("name, epsg, transform, shape", [("finer", UTM, (WEST - 30, 3.7, 0, NORTH + 20, 0, -3.1), (140, 125)), ("coarser", UTM, (WEST - 30, 70, 0, NORTH + 20, 0, -90), (6, 8)),
                                                          ("degrees", 4326, (14.99, 0.0001, 0, 50.56, 0, -0.0001), (200, 200))])
def test_people_keep_their_sum(urbiome, name, epsg, transform, shape):
    counts = people()
    write_raster(urbiome.folder / "people.tif", counts, kind=gdal.GDT_Float32, nodata=-1)
    write_raster(urbiome.folder / "like.tif", np.zeros(shape, np.uint8), epsg=epsg, transform=transform)
    said = urbiome.done("raster", "resample", "people.tif", "out.tif", "--like", "like.tif", "-q").stderr.decode()
    assert "beyond" not in said
    out = read(urbiome.folder / "out.tif")
    placed, total = np.nansum(out), math.fsum(counts[counts >= 0].astype(float))
    assert out.shape == shape and placed == math.fsum(out[~np.isnan(out)]) and placed == pytest.approx(total, rel=1e-14)
    assert np.isnan(out[0, 0]) == (name != "coarser") and np.nanmin(out) >= 0
    again = []
    for threads, tile in ((1, 1), (2, 7), (7, 64)):
        urbiome.done("raster", "resample", "people.tif", "again.tif", "--like", "like.tif", "--num-threads", threads, "--tile-size", tile, "--overwrite", "-q")
        again.append((urbiome.folder / "again.tif").read_bytes())
    assert set(again) == {(urbiome.folder / "out.tif").read_bytes()}


def test_people_by_overlap(urbiome):
    counts = people()
    write_raster(urbiome.folder / "people.tif", counts, kind=gdal.GDT_Float32, nodata=-1)
    write_raster(urbiome.folder / "like.tif", np.zeros((30, 30), np.uint8), transform=(WEST + 33, 17, 0, NORTH - 41, 0, -13))
    said = urbiome.done("raster", "resample", "people.tif", "out.tif", "--like", "like.tif", "-q").stderr.decode()
    part = lambda n, origin, size: np.array([[max(0.0, min(10 * (i + 1), origin + size * (k + 1)) - max(10 * i, origin + size * k)) / 10 for i in range(SIDE)] for k in range(n)])
    held = np.where(counts >= 0, counts.astype(float), 0)
    wanted = part(30, 41, 13) @ held @ part(30, 33, 17).T
    assert np.nan_to_num(read(urbiome.folder / "out.tif")) == pytest.approx(wanted, abs=1e-8)
    beyond = held.sum() - wanted.sum()
    assert f"{beyond:.3f}"[:6] in said and "beyond the grid of like.tif" in said


@pytest.mark.parametrize("counts, words, status, said", [
    (people(), ["people.tif", "out.tif", "--like", "like.tif"], BAD_INPUT, "people.tif holds -1 at row 0, column 0.*0 or more.*a_nodata"), (people(), ["people.tif", "out.tif"], WRONG_USAGE, "--like"),
    (np.full((SIDE, SIDE), np.inf, np.float32), ["people.tif", "out.tif", "--like", "like.tif"], BAD_INPUT, "inf"), (people(), ["people.tif", "out.tif", "--like", "none.tif"], BAD_INPUT, "none.tif"),
    (people(), ["none.tif", "out.tif", "--like", "like.tif"], BAD_INPUT, "none.tif"), (np.ones((SIDE, SIDE), np.float32), ["people.tif", "out.tif", "--like", "like.tif", "--co", "COLOUR=9"], WRONG_USAGE, "COLOUR"),
    (np.ones((SIDE, SIDE), np.float32), ["people.tif", "like.tif", "--like", "like.tif", "--overwrite"], WRONG_USAGE, "input")])
def test_counts_that_are_none(urbiome, counts, words, status, said):
    write_raster(urbiome.folder / "people.tif", counts, kind=gdal.GDT_Float32)
    write_raster(urbiome.folder / "like.tif", np.zeros((30, 30), np.uint8))
    urbiome.refused(status, said, "raster", "resample", *words, "-q")
