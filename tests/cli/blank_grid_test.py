"""A city without land cover: access is asked on a grid of cells of which nothing is known."""

import json

import numpy as np
import pytest
from conftest import BAD_INPUT, change
from osgeo import gdal, ogr, osr
from standards_test import HOUSEHOLDS, STREETS, line, point
from tiny_city import UTM, box, districts, people, results, rewrite_layer, write_layer

LAND_COVER = '[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n'
# What rests on spaces and people alone; its valid_share is that of the land cover.
WITHOUT_LAND = {"residents", "people_near_green_share"}


@pytest.fixture
def bare(city):
    """No land cover; streets, tracts on top of single households, and a second park of unknown access."""
    folder = city.parent
    homes = [(point(*at), {"people": n, "women": n // 2}) for at, n in HOUSEHOLDS]
    rewrite_layer(folder / "people.gpkg", homes + [(shape, {"people": 300, "women": 140}) for shape, _ in people()])
    rewrite_layer(folder / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "yes"}), (box(650, 405, 750, 505), {"access": "?"})])
    write_layer(folder / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in STREETS])
    change(city, LAND_COVER, '[streets]\npath = "streets.gpkg"\n')
    change(city, 'column = "people"', 'column = "people"\ngroups = { women = "women" }')
    change(city, "public = \"access = 'yes'\"", "public = \"access = 'yes'\"\nprivate = \"access = 'no'\"")
    return city


def grid_of(out):
    (grid,) = json.loads((out / "run.json").read_text())["grids"]
    return grid


def cover_on(grid, out, path):
    """A land cover of houses alone on the grid of a run, in the reference system of its zones."""
    zones = ogr.Open(str(out / "zones.gpkg"))
    cells = np.full((grid["rows"], grid["columns"]), 3, np.uint8)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), grid["columns"], grid["rows"], 1, gdal.GDT_Byte)
    dataset.SetGeoTransform((grid["origin_x"], grid["cell_width"], 0, grid["origin_y"], 0, -grid["cell_height"]))
    dataset.SetProjection(zones.GetLayerByName("zones").GetSpatialRef().ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(cells)


def keyed(out):
    return {(r["zone_id"], r["framework"], r["topic"], r["indicator"], r["variant"], r["class"], r["group"]): r for r in results(out)}


def agree(blank, covered):
    """Every figure that does not rest on land cover is the same, to the last digit."""
    a, b = keyed(blank), keyed(covered)
    compared = 0
    for key, row in a.items():
        if row["framework"]:
            assert row == b[key]
        elif row["indicator"] in WITHOUT_LAND or "public_green_spaces" in (row["variant"] or ""):
            assert {**row, "valid_share": None} == {**b[key], "valid_share": None}
        elif row["variant"] == "gb_public/admin":
            assert (row["value"], row["lower"], row["upper"]) == (b[key]["value"], b[key]["lower"], b[key]["upper"])
        else:
            continue
        compared += row["value"] is not None
    assert {key for key in b if key[1]} == {key for key in a if key[1]}
    assert compared > 100


def test_figures_are_those_of_a_land_cover_on_the_same_grid(urbiome, bare):
    urbiome.done("assess", "city.toml", "-o", "out")
    out = bare.parent / "out"
    grid = grid_of(out)
    assert (grid["blank"], grid["cell_width"], grid["columns"], grid["rows"], grid["origin_x"]) == (True, 10, 100, 100, 500000)
    change(bare, "[streets]", LAND_COVER + "\n[streets]")
    cover_on(grid, out, bare.parent / "cover.tif")
    urbiome.done("assess", "city.toml", "-o", "covered")
    agree(out, bare.parent / "covered")


def test_land_has_no_data_and_people_do(urbiome, bare):
    urbiome.done("assess", "city.toml", "-o", "out")
    rows = {(r["zone_id"], r["indicator"], r["variant"], r["group"]): r for r in results(bare.parent / "out") if not r["framework"]}
    city = {key[1:]: row for key, row in rows.items() if key[0] == "Tiny"}
    for indicator in ("green_share", "built_share", "natural_share", "green_per_resident_m2", "patch_count"):
        row = city[indicator, None, None]
        assert (row["value"], row["status"]) == (None, "no_data") and "no land cover" in row["method"]
    assert city["residents", None, None]["value"] == pytest.approx(11710, abs=1e-8)
    # 6 ha of 100 are public, one more may be. The second park is 100 m of a household of 1000.
    share = city["public_green_blue_share", "gb_public/admin", None]
    assert (share["lower"], share["upper"]) == pytest.approx((0.06, 0.07), rel=1e-5)
    assert city["public_green_blue_share", "gb_public/built_cells_only", None]["status"] == "no_data"
    near = city["people_near_green_share", "300m_0.5ha_edge", None]
    assert near["valid_share"] == 0 and near["value"] > 11110 / 11710
    assert not [p for p in (bare.parent / "out/maps").glob("classes*")]


@pytest.mark.parametrize("epsg", [4326, 3857, 32632])
def test_a_city_in_degrees_or_a_map_off_scale_gets_a_projection_of_its_own(urbiome, bare, epsg):
    """UTM zone 32 is 0.2 % off here, Web Mercator a good half."""
    folder = bare.parent
    source, target = osr.SpatialReference(), osr.SpatialReference()
    for system, code in ((source, UTM), (target, epsg)):
        system.ImportFromEPSG(code)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    move = osr.CoordinateTransformation(source, target)

    def moved(features):
        for wkt, values in features:
            shape = ogr.CreateGeometryFromWkt(wkt)
            shape.Segmentize(5)
            shape.Transform(move)
            yield shape.ExportToWkt(), values

    urbiome.done("assess", "city.toml", "-o", "utm")
    rewrite_layer(folder / "boundary.gpkg", list(moved([(box(0, 0, 1000, 1000), {"name": "Tiny"})])), epsg=epsg)
    rewrite_layer(folder / "zones.gpkg", list(moved(districts())), epsg=epsg)
    urbiome.done("assess", "city.toml", "-o", "out")
    grid = grid_of(folder / "out")
    # Its south-west corner is at 15 E, 50.54 N.
    assert grid["crs"] == "WGS 84 / equal area about 50.55 N, 15.01 E" and grid["cell_width"] == 10
    assert grid["columns"] in (100, 101, 102) and grid["rows"] in (100, 101, 102)
    change(bare, "[streets]", LAND_COVER + "\n[streets]")
    cover_on(grid, folder / "out", folder / "cover.tif")
    urbiome.done("assess", "city.toml", "-o", "covered")
    agree(folder / "out", folder / "covered")
    # UTM is 0.04 % short here: areas are true in both, so are shares of people but for cells at the edge of reach.
    a, b = keyed(folder / "out"), keyed(folder / "utm")
    for key in a:
        if key[3] in ("residents", "green_space_per_resident") and b[key]["value"]:
            assert a[key]["value"] == pytest.approx(b[key]["value"], rel=2e-5), key


def test_without_boundary_the_zones_are_the_city_and_without_zones_the_people(urbiome, bare):
    change(bare, 'boundary = "boundary.gpkg"\n', "")
    urbiome.done("assess", "city.toml", "-o", "zones")
    assert grid_of(bare.parent / "zones")["columns"] == 100
    text = bare.read_text()
    bare.write_text(text[: text.index("[[zones]]")] + text[text.index("[streets]") :])
    rewrite_layer(bare.parent / "people.gpkg", [(point(*at), {"people": n, "women": 0}) for at, n in HOUSEHOLDS])
    said = urbiome.done("assess", "city.toml", "-o", "people")
    assert b"the city is the box of the population" in said.stderr + (bare.parent / "people/run.json").read_bytes()
    grid = grid_of(bare.parent / "people")
    # Homes lie from 200 to 700 m east and 400 to 800 m north; a hair more, so that those on the rim are inside.
    assert (grid["columns"], grid["rows"]) == (52, 42)
    row = keyed(bare.parent / "people")["Tiny", "uni", "5.2/street", "people_within_reach", "300m_0ha_street", None, None]
    assert row["lower"] == pytest.approx(100 * 10100 / 11110)


@pytest.mark.parametrize("side_km, cell", [(40.9, 10), (41.1, 20), (82.1, 50), (205, 100)])
def test_large_cities_get_coarser_cells(urbiome, bare, side_km, cell):
    metres = side_km * 1000
    rewrite_layer(bare.parent / "boundary.gpkg", [(box(0, 0, metres, metres), {"name": "Tiny"})], epsg=UTM)
    said = urbiome.done("audit", "city.toml", timeout=300).stdout.decode()
    assert f" x {round(metres / cell + 0.49)} cells of {cell} x {cell} in " in said
    assert "no land cover: rows of the land have status no_data" in said


def test_spaces_alone_are_enough_for_shares_of_ground(urbiome, bare):
    text = bare.read_text()
    bare.write_text(text[: text.index("[streets]")] + text[text.index("[[green_spaces]]") : text.index("[[population]]")])
    urbiome.done("assess", "city.toml", "-o", "out")
    row = keyed(bare.parent / "out")["Tiny", None, None, "public_green_blue_share", "gb_public/admin", None, None]
    assert row["lower"] == pytest.approx(0.06, rel=1e-5)


def test_nothing_to_lay_a_grid_over(urbiome, bare):
    text = bare.read_text()
    bare.write_text('[city]\nname = "Tiny"\n' + text[text.index("[[green_spaces]]") : text.index("[[population]]")])
    urbiome.refused(BAD_INPUT, ["names neither land cover, boundary, zones nor population"], "assess", "city.toml", "-o", "out", "-q")


@pytest.mark.parametrize("threads, tile", [(1, 7), (2, 64), (7, 4096)])
def test_same_bytes(urbiome, bare, threads, tile):
    urbiome.done("assess", "city.toml", "-o", "out")
    urbiome.done("assess", "out/run.json", "-o", "other", "--num-threads", str(threads), "--tile-size", str(tile))
    assert (bare.parent / "out/results.csv").read_bytes() == (bare.parent / "other/results.csv").read_bytes()
