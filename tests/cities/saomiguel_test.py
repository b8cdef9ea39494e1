"""São Miguel: an impossible nodata tag, and people on cells 1600 times larger than those of the land cover."""

import numpy as np
import pytest

from agreement import Agreement, Cover, check_land
from reference import ROLES, WGS84, PeopleRaster, coverage, grown_grid, legend, placed, read_polygons, read_raster

DATE = "2018"


@pytest.fixture(scope="module")
def island(cities):
    return Island(cities.data / "saomiguel_pt")


class Island:
    def __init__(self, folder):
        from conftest import HERE

        self.folder = folder
        self.zones = {values["name"]: shape for shape, values in read_polygons(folder / "concelhos.gpkg", ["name"])}
        values, transform, _ = read_raster(folder / "clc2018_v2020_20u1.tif")
        boxes = [shape.GetEnvelope() for shape in self.zones.values()]
        grid, top, left = grown_grid(transform, values.shape, boxes, ellipsoid=WGS84)
        known = placed(np.ones(values.shape, bool), grid, top, left, False)  # no byte is -128: every cell is known
        values = placed(values, grid, top, left, 0)
        classes = legend(HERE.parents[1] / "datasets" / "legends" / "legends.csv", "corine_seq")
        roles = {role: np.isin(values, [code for code, entry in classes.items() if entry[role]]) & known for role in ROLES}
        present = [code for code in np.unique(values[known]) if not classes[code]["missing"]]
        codes = {code: (values == code) & known for code in present}
        self.cover = Cover(grid, known, roles, codes)


def test_land_of_every_concelho_agrees_with_the_reference(cities, island):
    found = Agreement(cities.assess(cities.recipe("saomiguel/city.toml.in")), DATE)
    assert len(island.zones) == 6
    for zone, shape in island.zones.items():
        check_land(found, island.cover, zone, coverage(shape, island.cover.grid))
    found.settled()


def test_people_of_coarse_cells_agree_with_the_reference(cities, island):
    found = Agreement(cities.assess(cities.recipe("saomiguel/city.toml.in")), DATE)
    people = PeopleRaster(island.folder / "gpw_v411_2020_count_2020.tif", island.cover.grid)
    for zone, shape in island.zones.items():
        inside = people.in_zone(shape)
        found.is_(inside.sum(), zone, "residents", relative=1e-8)
        areas = coverage(shape, island.cover.grid) * island.cover.grid.area_m2
        found.is_(areas[island.cover.roles["green"]].sum() / inside.sum(), zone, "green_per_resident_m2", relative=1e-8)
    found.is_(people.values.sum(), "", "residents", relative=1e-8)
    found.settled()


def test_audit_tells_what_is_odd(cities):
    told = cities.audit(cities.recipe("saomiguel/city.toml.in"))
    said = next(line for line in told.splitlines() if "-128 cannot occur in cells of type Byte" in line)
    assert said.count("clc2018_v2020_20u1.tif") == 1
    assert "145603 people" in told
