"""The reference itself, on shapes whose figures are known: a reference that is wrong would agree with anything."""

import math

import numpy as np
import pytest
from osgeo import ogr

from reference import (
    EIGHT,
    GRS80,
    WGS84,
    Grid,
    TransverseMercator,
    centres_inside,
    coverage,
    gap_reach,
    linked_labels,
    sums,
    window_share,
    within,
    within_polygons,
)

pytestmark = pytest.mark.needs_no_data


class Flat:
    """A map without distortion."""

    def area_factor(self, x, y):
        return np.ones(np.broadcast(x, y).shape)


def grid_of(rows, columns, size=1.0):
    return Grid(0.0, rows * size, size, size, rows, columns, Flat())


def drawing(text):
    return np.array([[c == "G" for c in line] for line in text.split()])


def test_covered_shares_of_a_triangle_with_a_hole_and_an_overhang():
    grid = grid_of(4, 4)
    shape = ogr.CreateGeometryFromWkt("POLYGON((-1 0,4 0,4 5,-1 0),(2.25 0.25,2.75 0.25,2.75 0.75,2.25 0.75,2.25 0.25))")
    expected = np.array([[0, 0, 0.5, 1], [0, 0.5, 1, 1], [0.5, 1, 1, 1], [1, 1, 0.75, 1]])
    assert coverage(shape, grid) == pytest.approx(expected, abs=1e-14)
    assert coverage(shape, grid)[0, 0] == 0


def test_covered_shares_add_up_to_the_polygon_and_agree_with_clipping():
    grid = grid_of(9, 11)
    angle = np.linspace(0, 2 * math.pi, 38)
    radius = 2.5 + 1.7 * np.sin(5 * angle)
    points = ",".join(f"{5 + r * math.cos(a):.9f} {4.5 + r * math.sin(a):.9f}" for a, r in zip(angle[:-1], radius))
    shape = ogr.CreateGeometryFromWkt(f"POLYGON(({points},{points.split(',')[0]}))")
    share = coverage(shape, grid)
    for row in range(9):
        for column in range(11):
            x, y = column, 8 - row
            cell = ogr.CreateGeometryFromWkt(f"POLYGON(({x} {y},{x + 1} {y},{x + 1} {y + 1},{x} {y + 1},{x} {y}))")
            assert share[row, column] == pytest.approx(shape.Intersection(cell).Area(), abs=1e-12)
    inside = centres_inside(shape, grid)
    for row in range(9):
        for column in range(11):
            assert inside[row, column] == shape.Contains(ogr.CreateGeometryFromWkt(f"POINT({column + 0.5} {8.5 - row})"))


def test_the_ellipsoid_closes_to_its_surface_and_the_map_to_the_ground():
    assert 4 * math.pi * WGS84.zone_area(90.0) == pytest.approx(510065621724088.44, rel=1e-13)
    utm = TransverseMercator(GRS80, -33, 0.9996, 500000, 10000000)
    # A quadrangle of a thousandth of a degree, off the central meridian: area by parallels against area on the map.
    west, east, south, north, n = -34.901, -34.900, -8.001, -8.000, 40
    side = np.linspace(0, 1, n + 1)
    right, up = side * (east - west), side * (north - south)
    lon = np.concatenate([west + right, np.full(n, east), (east - right)[1:], np.full(n, west)])
    lat = np.concatenate([np.full(n + 1, south), (south + up)[1:], np.full(n, north), (north - up)[1:]])
    x, y = utm.forward(lon, lat)
    on_map = abs(np.sum((x[:-1] - x[0]) * (y[1:] - y[0]) - (x[1:] - x[0]) * (y[:-1] - y[0]))) / 2
    ground = (GRS80.zone_area(north) - GRS80.zone_area(south)) * math.radians(east - west)
    middle = utm.forward(np.array([(west + east) / 2]), np.array([(south + north) / 2]))
    assert on_map * utm.area_factor(*middle)[0] == pytest.approx(ground, rel=1e-9)
    assert utm.area_factor(np.array([500000.0]), np.array([9100000.0]))[0] == pytest.approx(1 / 0.9996**2, rel=1e-12)


def test_patches_and_groups():
    picture = drawing("GG..G ..... .G.GG G..G. .....")
    grid = grid_of(5, 5, 10.0)
    assert sorted(sums(linked_labels(picture, EIGHT), grid.area_m2)[1]) == [100, 200, 200, 300]
    # 10 m cells: gaps of 10 m and of sqrt(2) * 10 m; a tie is no link.
    assert len(sums(linked_labels(picture, gap_reach(grid, 10.0)), grid.area_m2)[0]) == 4
    assert len(sums(linked_labels(picture, gap_reach(grid, 10.001)), grid.area_m2)[0]) == 1


def test_distances():
    grid = grid_of(1, 9, 10.0)
    one = drawing("....G....")
    assert within(one, grid, 20.0, "centre").sum() == 5
    assert within(one, grid, 24.9, "edge").sum() == 5
    assert within(one, grid, 25.0, "edge").sum() == 7
    strip = ogr.CreateGeometryFromWkt("POLYGON((40 0,50 0,50 10,40 10,40 0))")
    assert (within_polygons([strip], grid, 25.0) == within(one, grid, 25.0, "edge")).all()
    known = drawing("GGGGG.GGG")
    assert window_share(one, known, grid, 10.0)[0, 3:7] == pytest.approx([1 / 3, 1 / 2, 1 / 2, 0])
