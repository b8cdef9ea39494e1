"""Layers that lie shifted against each other, as from a wrong datum, are said so by the audit."""

from tiny_city import box, write_layer


def districts_moved(east, north):
    return [
        (box(0 + east, 500 + north, 1000 + east, 1000 + north), {"code": "n", "name": "North"}),
        (box(0 + east, 0 + north, 1000 + east, 500 + north), {"code": "s", "name": "South"}),
    ]


def replace_layer(path, features):
    path.unlink()
    write_layer(path, features)


def audit_of(urbiome):
    return urbiome.done("audit", "city.toml").stdout.decode()


def test_zones_moved_against_the_boundary(urbiome, city):
    assert "constant offset" not in audit_of(urbiome)
    replace_layer(urbiome.folder / "zones.gpkg", districts_moved(120, -90))
    said = audit_of(urbiome)
    assert "level district: zones lie 120, -90 map units from the city boundary on every side: a constant offset" in said


def test_zones_that_are_only_larger_are_not_called_moved(urbiome, city):
    replace_layer(urbiome.folder / "zones.gpkg", [(box(-100, -100, 1100, 1100), {"code": "all", "name": "All"})])
    assert "constant offset" not in audit_of(urbiome)


def test_parks_moved_against_the_land_cover(urbiome, city):
    assert "shifted against" not in audit_of(urbiome)
    replace_layer(urbiome.folder / "parks.gpkg", [(box(500, 700, 800, 900), {"access": "yes"})])
    said = audit_of(urbiome)
    assert "mapped green fits the land cover" in said and "moved 300 m" in said
