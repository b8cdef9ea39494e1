"""Yuexiu: the whole indicator list on four grids, with overlapping parks, empty sub-districts and slivers of neighbours."""

import json

import numpy as np
import pytest
from osgeo import gdal

from agreement import Agreement, Cover, check_land, check_people
from reference import (
    CGCS2000,
    EIGHT,
    ROLES,
    PeopleRaster,
    TransverseMercator,
    components,
    coverage,
    gap_reach,
    grown_grid,
    legend,
    linked_labels,
    placed,
    read_polygons,
    read_raster,
    sums,
    union,
    within,
    within_polygons,
)

DATE = "2021"
MAP = TransverseMercator(CGCS2000, 114, 1.0, 500000, 0)


@pytest.fixture(scope="module")
def yuexiu(cities):
    return Yuexiu(cities.data / "yuexiu_cn")


class Yuexiu:
    def __init__(self, folder):
        self.folder = folder
        self.city = read_polygons(folder / "Yuexiu_boundary_proj.gpkg")[0][0]
        districts = read_polygons(folder / "Yuexiu_subdistricts_proj.gpkg", ["osm_id"])
        self.zones = {"": self.city, **{values["osm_id"]: shape for shape, values in districts}}
        self.cover = self.read_cover("Yuexiu_worldcover_proj.tif")
        self.shares = {zone: coverage(shape, self.cover.grid) for zone, shape in self.zones.items()}
        # Boundary noise of neighbours: at most a few square millimetres. No figure of theirs means anything.
        self.slivers = [zone for zone, share in self.shares.items() if share.sum() < 1e-3]
        self.real = [zone for zone in self.zones if zone not in self.slivers]
        self.read_spaces()

    def grid_of(self, values, transform):
        boxes = [shape.GetEnvelope() for shape in self.zones.values()]
        return grown_grid(transform, values.shape, boxes, MAP)

    def read_cover(self, name):
        from conftest import HERE

        values, transform, nodata = read_raster(self.folder / name)
        grid, top, left = self.grid_of(values, transform)
        values = placed(values, grid, top, left, nodata)
        classes = legend(HERE.parents[1] / "datasets" / "legends" / "legends.csv", "worldcover")
        roles = {role: np.isin(values, [code for code, entry in classes.items() if entry[role]]) for role in ROLES}
        codes = {code: values == code for code, entry in classes.items() if not entry["missing"]}
        return Cover(grid, values != nodata, roles, codes, gap_reach(grid, 100.0))

    def read_spaces(self):
        parks = read_polygons(self.folder / "Yuexiu_osm_green_proj.gpkg", ["leisure", "landuse"])
        water = read_polygons(self.folder / "Yuexiu_osm_water_polygon_proj.gpkg")
        open_, closed, unknown = [], [], [shape for shape, _ in water]
        for shape, tags in parks:
            public = tags["leisure"] in ("park", "playground") or tags["landuse"] in ("village_green", "recreation_ground")
            (open_ if public else closed if tags["leisure"] == "garden" else unknown).append(shape)
        self.open, self.not_closed, self.all = union(open_), union(open_ + unknown), union(open_ + unknown + closed)
        self.green = union([shape for shape, _ in parks])

    def large_green(self):
        """Dissolved green spaces of at least 1 ha of ground."""
        pieces = [self.green.GetGeometryRef(i).Clone() for i in range(self.green.GetGeometryCount())]
        middles = [piece.Centroid() for piece in pieces]
        factor = [MAP.area_factor(np.array([p.GetX()]), np.array([p.GetY()]))[0] for p in middles]
        return [piece for piece, f in zip(pieces, factor) if piece.GetArea() * f >= 1e4]


def assessed(cities, near_source="spaces", measure="edge"):
    recipe = cities.recipe("yuexiu/city.toml.in", f"yuexiu_{near_source}_{measure}", near_source=near_source, measure=measure)
    return cities.assess(recipe)


def test_land_of_every_subdistrict_agrees_with_the_reference(cities, yuexiu):
    agreement = Agreement(assessed(cities), DATE)
    for zone in yuexiu.real:
        check_land(agreement, yuexiu.cover, zone, yuexiu.shares[zone])
    agreement.settled()
    assert len(yuexiu.real) == 1 + 18


def test_people_and_the_green_around_them_agree_with_the_reference(cities, yuexiu):
    agreement = Agreement(assessed(cities), DATE)
    people = PeopleRaster(yuexiu.folder / "Yuexiu_worldpop_proj.tif", yuexiu.cover.grid)
    near = within_polygons(yuexiu.large_green(), yuexiu.cover.grid, 300.0)
    for zone in yuexiu.real:
        inside = people.in_zone(yuexiu.zones[zone])
        check_people(agreement, yuexiu.cover, zone, yuexiu.shares[zone], inside, near, "300m_1ha_edge")
    agreement.settled()


@pytest.mark.parametrize("source,measure", [("land_cover", "edge"), ("land_cover", "centre"), ("union", "edge")])
def test_near_green_of_other_sources_agrees_with_the_reference(cities, yuexiu, source, measure):
    grid = yuexiu.cover.grid
    near = near_union(yuexiu) if source == "union" else within(large_cells(yuexiu.cover), grid, 300.0, measure)
    agreement = Agreement(assessed(cities, source, measure), DATE)
    people = PeopleRaster(yuexiu.folder / "Yuexiu_worldpop_proj.tif", grid)
    for zone in yuexiu.real:
        inside = people.in_zone(yuexiu.zones[zone])
        close = inside[near].sum() / inside.sum()
        agreement.is_(close, zone, "people_near_green_share", f"300m_1ha_{measure}", relative=1e-8, absolute=1e-12)
    agreement.settled()


def large_cells(cover):
    labels = linked_labels(cover.roles["green"], EIGHT)
    names, areas = sums(labels, cover.grid.area_m2)
    return np.isin(labels, names[areas >= 1e4])


def near_union(yuexiu):
    """Patches of cells and dissolved spaces join where a space covers part of a patch; ground under both counts once."""
    grid, green = yuexiu.cover.grid, yuexiu.cover.roles["green"]
    labels = linked_labels(green, EIGHT)
    names, areas = sums(labels, grid.area_m2)
    spaces = [yuexiu.green.GetGeometryRef(i).Clone() for i in range(yuexiu.green.GetGeometryCount())]
    shares = [coverage(space, grid) for space in spaces]
    links = []
    for k, share in enumerate(shares):
        links += [(np.searchsorted(names, name), len(names) + k) for name in np.unique(labels[green & (share > 0)])]
    joined = components(len(names) + len(spaces), *np.array(links).T)
    beyond_cells = [(share * grid.area_m2)[~green].sum() for share in shares]
    large = np.bincount(joined, np.concatenate([areas, beyond_cells]))[joined] >= 1e4
    cells = np.isin(labels, names[large[: len(names)]])
    large_spaces = [space for space, is_large in zip(spaces, large[len(names) :]) if is_large]
    return within(cells, grid, 300.0, "edge") | within_polygons(large_spaces, grid, 300.0)


def test_public_shares_and_their_bounds_agree_with_the_reference(cities, yuexiu):
    agreement = Agreement(assessed(cities), DATE)
    cover = yuexiu.cover
    green_or_blue, built = cover.roles["green"] | cover.roles["blue"], cover.roles["built"]
    for zone in yuexiu.real:
        areas = yuexiu.shares[zone] * cover.grid.area_m2
        inside = [
            coverage(spaces.Intersection(yuexiu.zones[zone]), cover.grid) * cover.grid.area_m2
            for spaces in (yuexiu.open, yuexiu.not_closed, yuexiu.all, yuexiu.green)
        ]
        open_, not_closed, all_, green = inside
        closed = all_ - not_closed
        for extent, where in (("admin", np.ones(built.shape, bool)), ("built_cells_only", built)):
            whole = areas[where].sum()
            lower, upper = open_[where].sum() / whole, np.where(green_or_blue, areas - closed, not_closed)[where].sum() / whole
            everything = np.where(green_or_blue, areas, all_)[where].sum() / whole
            for value, variant, column in (
                (lower, "gb_public", "value"), (lower, "gb_public", "lower"), (upper, "gb_public", "upper"),
                (everything, "all_green_blue", "value"),
            ):  # fmt: skip
                agreement.is_(value, zone, "public_green_blue_share", f"{variant}/{extent}", column=column, absolute=1e-12)
        agreement.is_(green[built].sum() / areas[built].sum(), zone, "public_green_blue_share", "cif", absolute=1e-12)
    agreement.settled()


def test_empty_subdistricts_have_no_figures_and_slivers_next_to_none(cities, yuexiu):
    agreement = Agreement(assessed(cities), DATE)
    empty = {key[1] for key in agreement.rows} - set(yuexiu.zones)
    assert empty == {"12118986", "12118987"}
    for key, row in agreement.rows.items():
        if key[1] in empty:
            assert row["value"] == "" and row["status"] in ("no_data", "not_applicable", "undefined"), row
    for zone in yuexiu.slivers:
        assert float(agreement.row(zone, "class_area_m2", "", "total")["value"] or 0) < 1e-3
        assert float(agreement.row(zone, "residents")["value"] or 0) < 1e-6


def test_a_finished_ndvi_raster_is_not_taken_for_classes(cities):
    columns = "code,class_name,green,blue,built,natural,vegetated,missing"
    (cities.folder / "ndvi_classes.csv").write_text(f"{columns}\n0,low,0,0,0,0,0,\n1,high,1,0,0,1,1,\n")
    sentence = cities.refusal(cities.recipe("yuexiu/ndvi_as_classes.toml.in"))
    assert "Yuexiu_ndvi_proj.tif" in sentence and "whole numbers" in sentence


def test_the_ndvi_raster_as_land_cover_agrees_with_the_reference(cities, yuexiu):
    ndvi, transform, nodata = read_raster(yuexiu.folder / "Yuexiu_ndvi_proj.tif")
    source = gdal.Open(str(yuexiu.folder / "Yuexiu_ndvi_proj.tif"))
    bands = cities.folder / "ndvi_bands.tif"
    target = gdal.GetDriverByName("GTiff").Create(str(bands), ndvi.shape[1], ndvi.shape[0], 2, gdal.GDT_Float64)
    target.SetGeoTransform(transform)
    target.SetProjection(source.GetProjection())
    wide = ndvi.astype(float)
    for number, values in ((1, 1 - wide), (2, 1 + wide)):  # (nir - red) / (nir + red) is the raster's own value again
        target.GetRasterBand(number).WriteArray(np.where(ndvi == nodata, nodata, values))
        target.GetRasterBand(number).SetNoDataValue(nodata)
    target = None
    agreement = Agreement(cities.assess(cities.recipe("yuexiu/ndvi.toml.in", bands=bands)))
    grid, top, left = yuexiu.grid_of(ndvi, transform)
    values = placed(wide, grid, top, left, nodata)
    known = values != nodata
    green = known & (values > 0.3)
    roles = {role: green for role in ("green", "natural", "vegetated")}
    cover = Cover(grid, known, roles, {1: green, 3: known & ~green}, gap_reach(grid, 100.0))
    for zone in yuexiu.real:
        check_land(agreement, cover, zone, coverage(yuexiu.zones[zone], grid))
    agreement.settled()
    assert agreement.row("", "blue_share")["status"] == agreement.row("", "built_share")["status"] == "no_data"


def test_audit_tells_what_is_odd(cities, yuexiu):
    told = cities.audit(cities.recipe("yuexiu/city.toml.in", near_source="spaces", measure="edge"))
    assert "2 of 29" in told and "empty" in told
    assert f"{len(yuexiu.slivers)} zones are slivers" in told and all(zone in told for zone in yuexiu.slivers)
    assert "overlap" in told and "counts once" in told
    assert "access is unknown for 281 of 354 spaces" in told
    assert "4065 of 4074 streets can be walked" in told


def test_assess_keeps_every_warning_of_the_audit(cities):
    recipe = cities.recipe("yuexiu/city.toml.in", near_source="spaces", measure="edge")
    told = json.loads(cities.run("audit", recipe, "--json").stdout)
    out = assessed(cities)
    kept = json.loads((out / "run.json").read_text())["audit"]
    page = (out / "report.html").read_text()
    warnings = [entry for entry in told if entry["severity"] == "warning"]
    assert len(warnings) >= 7
    for entry in warnings:
        assert entry in kept and entry["message"] in page, entry
