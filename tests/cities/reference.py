"""Figures of a city recomputed from their definitions, with numpy and GDAL's readers only.

Nothing here comes from the engine: covered shares by signed areas under polygon edges, transverse Mercator by Krueger's
series, areas by closed forms, components by pointer jumping. Slow and plain on purpose; what it shares with the engine is
the written definition of each figure. Rasters are north-up; rows run from the top.
"""

import csv
import math

import numpy as np
from osgeo import gdal, ogr

gdal.UseExceptions()
ogr.UseExceptions()


# --- the ellipsoid ---------------------------------------------------------------------------------------------------------


class Ellipsoid:
    """a: equatorial radius, f: flattening."""

    def __init__(self, a=6378137.0, f=1 / 298.257222101):
        self.a, self.f = a, f
        self.e2 = f * (2 - f)
        self.b = a * (1 - f)

    def zone_area(self, latitude):
        """Area between the equator and a parallel (degrees), for one radian of longitude."""
        e, s = math.sqrt(self.e2), np.sin(np.radians(latitude))
        return self.b**2 / 2 * (s / (1 - self.e2 * s * s) + np.arctanh(e * s) / e)

    def gauss_radius_squared(self, phi):
        """Product of the radii of curvature of meridian and prime vertical."""
        return self.a**2 * (1 - self.e2) / (1 - self.e2 * np.sin(phi) ** 2) ** 2


WGS84 = Ellipsoid(f=1 / 298.257223563)
GRS80 = Ellipsoid()  # CGCS2000 differs in the tenth digit of the flattening alone
CGCS2000 = Ellipsoid(f=1 / 298.257222101)


class TransverseMercator:
    """Krueger's series in the third flattening n, to order 4: below a micrometre within 500 km of the meridian."""

    def __init__(self, ellipsoid, longitude, k0, false_easting, false_northing):
        self.ellipsoid, self.lon0, self.k0 = ellipsoid, math.radians(longitude), k0
        self.fe, self.fn = false_easting, false_northing
        n = ellipsoid.f / (2 - ellipsoid.f)
        self.radius = ellipsoid.a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
        self.alpha = (
            n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
            13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
            61 * n**3 / 240 - 103 * n**4 / 140,
            49561 * n**4 / 161280,
        )
        self.beta = (
            n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
            n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
            17 * n**3 / 480 - 37 * n**4 / 840,
            4397 * n**4 / 161280,
        )

    def forward(self, lon, lat):
        """Degrees to metres."""
        e = math.sqrt(self.ellipsoid.e2)
        phi, lam = np.radians(lat), np.radians(lon) - self.lon0
        t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
        xi, eta = np.arctan2(t, np.cos(lam)), np.arcsinh(np.sin(lam) / np.hypot(t, np.cos(lam)))
        x, y = eta.copy(), xi.copy()
        for j, a in enumerate(self.alpha, 1):
            x += a * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
            y += a * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        return self.fe + self.k0 * self.radius * x, self.fn + self.k0 * self.radius * y

    def area_factor(self, x, y):
        """True area / area on the map: the squared scale is |d(map) / d(isometric)|^2, here by Krueger's derivatives."""
        eta, xi = (x - self.fe) / (self.k0 * self.radius), (y - self.fn) / (self.k0 * self.radius)
        xi1, eta1 = xi + 0 * eta, eta + 0 * xi
        for j, b in enumerate(self.beta, 1):
            xi1 = xi1 - b * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
            eta1 = eta1 - b * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        # Conformal latitude chi on the sphere, then the geographic latitude by Newton on its definition.
        sin_chi = np.sin(xi1) / np.cosh(eta1)
        e = math.sqrt(self.ellipsoid.e2)
        psi = np.arctanh(sin_chi)
        phi = np.arcsin(sin_chi)
        for _ in range(8):
            s = np.sin(phi)
            residual = np.arctanh(s) - e * np.arctanh(e * s) - psi
            phi = phi - residual * np.cos(phi) * (1 - self.ellipsoid.e2 * s * s) / (1 - self.ellipsoid.e2)
        real, imaginary = 1.0, 0.0
        for j, a in enumerate(self.alpha, 1):
            real = real + 2 * j * a * np.cos(2 * j * xi1) * np.cosh(2 * j * eta1)
            imaginary = imaginary - 2 * j * a * np.sin(2 * j * xi1) * np.sinh(2 * j * eta1)
        # map -> spherical transverse Mercator -> sphere (scale cosh eta') -> ellipsoid (cos chi N(phi) / cos phi ...)
        stretch = np.hypot(real, imaginary) * self.k0 * self.radius * np.cosh(eta1)
        chi_to_earth = self.ellipsoid.a / np.sqrt(1 - self.ellipsoid.e2 * np.sin(phi) ** 2) * np.cos(phi)
        cos_chi = np.sqrt(1 - sin_chi**2)
        return (chi_to_earth / (cos_chi * stretch)) ** 2


# --- grids -----------------------------------------------------------------------------------------------------------------


class Grid:
    """x0, y0: the upper left corner; w, h: cell sides, both positive; area_m2: the true area of every cell."""

    def __init__(self, x0, y0, w, h, rows, columns, projection=None, ellipsoid=None):
        self.x0, self.y0, self.w, self.h, self.rows, self.columns = x0, y0, w, h, rows, columns
        self.projection, self.ellipsoid = projection, ellipsoid
        self.xs = x0 + np.arange(columns + 1) * w
        self.ys = y0 - np.arange(rows + 1) * h
        self.x = x0 + (np.arange(columns) + 0.5) * w
        self.y = y0 - (np.arange(rows) + 0.5) * h
        if projection is None:
            sides = y0 - np.arange(rows + 1) * h
            row_area = -np.diff(ellipsoid.zone_area(sides)) * math.radians(w)
            self.area_m2 = np.repeat(row_area[:, None], columns, axis=1)
        else:
            self.area_m2 = projection.area_factor(self.x[None, :], self.y[:, None]) * w * h


def read_raster(path, band=1):
    data = gdal.Open(str(path))
    return data.GetRasterBand(band).ReadAsArray(), data.GetGeoTransform(), data.GetRasterBand(band).GetNoDataValue()


def grown_grid(transform, shape, boxes, projection=None, ellipsoid=None):
    """The raster's grid, grown by whole cells to hold the boxes (xmin, xmax, ymin, ymax); and the rows and columns added
    above and to the left."""
    x0, w, _, y0, _, h = transform
    h = -h
    rows, columns = shape
    left = max([0] + [math.ceil((x0 - b[0]) / w) for b in boxes])
    top = max([0] + [math.ceil((b[3] - y0) / h) for b in boxes])
    right = max([0] + [math.ceil((b[1] - x0 - w * columns) / w) for b in boxes])
    bottom = max([0] + [math.ceil((y0 - h * rows - b[2]) / h) for b in boxes])
    grid = Grid(x0 - left * w, y0 + top * h, w, h, rows + top + bottom, columns + left + right, projection, ellipsoid)
    return grid, top, left


def placed(values, grid, top, left, fill):
    out = np.full((grid.rows, grid.columns), fill, dtype=values.dtype)
    out[top : top + values.shape[0], left : left + values.shape[1]] = values
    return out


# --- polygons --------------------------------------------------------------------------------------------------------------


def rings_of(geometry):
    """Every ring as (points, sign): shells +1, holes -1."""
    name = geometry.GetGeometryName()
    if name == "POLYGON":
        for i in range(geometry.GetGeometryCount()):
            points = np.array(geometry.GetGeometryRef(i).GetPoints(), dtype=float)
            if len(points):
                yield points[:, :2], (1 if i == 0 else -1)
    elif name in ("MULTIPOLYGON", "GEOMETRYCOLLECTION"):
        for i in range(geometry.GetGeometryCount()):
            yield from rings_of(geometry.GetGeometryRef(i))


def read_polygons(path, columns=(), layer=None):
    """[(geometry, {column: value})], empty geometries left out, invalid ones repaired."""
    data = ogr.Open(str(path))
    features = data.GetLayerByName(layer) if layer else data.GetLayer(0)
    out = []
    for feature in features:
        geometry = feature.GetGeometryRef()
        if geometry is None or geometry.IsEmpty():
            continue
        geometry = geometry.Clone()
        geometry.FlattenTo2D()
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        valid = geometry.IsValid()
        gdal.PopErrorHandler()
        if not valid:
            geometry = geometry.MakeValid()
        out.append((geometry, {c: feature.GetField(c) for c in columns}))
    return out


def union(geometries):
    collection = ogr.Geometry(ogr.wkbMultiPolygon)
    for geometry in geometries:
        if geometry.GetGeometryName() == "POLYGON":
            collection.AddGeometry(geometry)
        else:
            for i in range(geometry.GetGeometryCount()):
                if geometry.GetGeometryRef(i).GetGeometryName() == "POLYGON":
                    collection.AddGeometry(geometry.GetGeometryRef(i))
    return collection.UnionCascaded() if collection.GetGeometryCount() else collection


def projected(geometry, transform, step):
    """Densified in its own coordinates to `step`, then moved point by point."""
    dense = geometry.Clone()
    dense.Segmentize(step)
    out = ogr.Geometry(ogr.wkbMultiPolygon)

    def move(polygon):
        moved = ogr.Geometry(ogr.wkbPolygon)
        for i in range(polygon.GetGeometryCount()):
            points = np.array(polygon.GetGeometryRef(i).GetPoints(), dtype=float)
            x, y = transform(points[:, 0], points[:, 1])
            ring = ogr.Geometry(ogr.wkbLinearRing)
            for px, py in zip(x, y):
                ring.AddPoint_2D(px, py)
            ring.CloseRings()
            moved.AddGeometry(ring)
        out.AddGeometry(moved)

    if dense.GetGeometryName() == "POLYGON":
        move(dense)
    else:
        for i in range(dense.GetGeometryCount()):
            move(dense.GetGeometryRef(i))
    return out


def box_window(geometry, xs, ys):
    """Rows and columns of the rectangles between the lines that the geometry's box touches, or None."""
    if geometry.IsEmpty():
        return None
    xmin, xmax, ymin, ymax = geometry.GetEnvelope()
    c0, c1 = max(np.searchsorted(xs, xmin, "right") - 1, 0), min(np.searchsorted(xs, xmax, "left"), len(xs) - 1)
    r0, r1 = max(np.searchsorted(-ys, -ymax, "right") - 1, 0), min(np.searchsorted(-ys, -ymin, "left"), len(ys) - 1)
    return (slice(r0, r1), slice(c0, c1)) if c0 < c1 and r0 < r1 else None


def covered_area(geometry, xs, ys):
    """Map area covered in every rectangle between the lines xs (rising) and ys (falling), exactly: each edge, cut at the
    lines, adds the signed area between itself and the right side of its rectangle, and its height to all further right."""
    rows, columns = len(ys) - 1, len(xs) - 1
    partial, carried = np.zeros((rows, columns)), np.zeros((rows, columns + 1))
    for points, sign in rings_of(geometry):
        x, y = points[:, 0], points[:, 1]
        turning = np.sum((x[:-1] - x[0]) * (y[1:] - y[0]) - (x[1:] - x[0]) * (y[:-1] - y[0]))
        _add_ring(partial, carried, x, y, xs, ys, sign if turning > 0 else -sign)
    from_left = np.cumsum(carried, axis=1) - carried
    return np.maximum(partial + from_left[:, :columns] * np.diff(xs)[None, :], 0)


def covered_window(geometry, grid):
    """(window, covered share of every cell in it); what rounding leaves of an untouched cell is none. None outside the grid."""
    window = box_window(geometry, grid.xs, grid.ys)
    if window is None:
        return None
    rows, columns = window
    area = covered_area(geometry, grid.xs[columns.start : columns.stop + 1], grid.ys[rows.start : rows.stop + 1])
    share = np.minimum(area / (grid.w * grid.h), 1.0)
    return window, np.where(share < 1e-11, 0.0, share)


def coverage(geometry, grid):
    """Covered share of every cell of the grid."""
    out = np.zeros((grid.rows, grid.columns))
    found = covered_window(geometry, grid)
    if found:
        out[found[0]] = found[1]
    return out


def ground_m2(geometry, grid):
    """Area on the ellipsoid of what the geometry covers of the grid."""
    found = covered_window(geometry, grid)
    return (found[1] * grid.area_m2[found[0]]).sum() if found else 0.0


def _crossings(start, stop, lines):
    """(edge, t) of every crossing of the edges start..stop with the rising lines."""
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    first, last = np.searchsorted(lines, low, "right"), np.searchsorted(lines, high, "left")
    number = np.maximum(last - first, 0)
    edge = np.repeat(np.arange(len(start)), number)
    line = np.repeat(first, number) + np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    return edge, (lines[line] - start[edge]) / (stop[edge] - start[edge])


def _add_ring(partial, carried, x, y, xs, ys, sign):
    x0, y0, dx, dy = x[:-1], y[:-1], np.diff(x), np.diff(y)
    edges = np.arange(len(dx))
    across, down = _crossings(x0, x[1:], xs), _crossings(y0, y[1:], ys[::-1])
    edge = np.concatenate([edges, edges, across[0], down[0]])
    t = np.concatenate([np.zeros(len(edges)), np.ones(len(edges)), across[1], down[1]])
    order = np.lexsort((t, edge))
    edge, t = edge[order], t[order]
    piece = np.flatnonzero(edge[1:] == edge[:-1])
    edge, t0, t1 = edge[piece], t[piece], t[piece + 1]
    middle_x, middle_y = x0[edge] + (t0 + t1) / 2 * dx[edge], y0[edge] + (t0 + t1) / 2 * dy[edge]
    height = -(t1 - t0) * dy[edge] * sign  # a shell runs counterclockwise: down on its left side, so what lies right is inside
    row = np.searchsorted(-ys, -middle_y, "right") - 1
    column = np.searchsorted(xs, middle_x, "right") - 1
    seen = (row >= 0) & (row < partial.shape[0]) & (column < partial.shape[1])
    row, column, height, middle_x = row[seen], column[seen], height[seen], middle_x[seen]
    left = column < 0
    np.add.at(carried, (row[~left], column[~left]), height[~left])
    np.add.at(partial, (row[~left], column[~left]), height[~left] * (xs[column[~left] + 1] - middle_x[~left]))
    if left.any():  # left of the first line: it carries into the first rectangle as a whole
        whole = np.zeros(partial.shape[0])
        np.add.at(whole, row[left], height[left])
        partial += whole[:, None] * np.diff(xs)[None, :]


def centres_inside(geometry, grid):
    """True where the cell's centre lies inside, by crossings of the row's middle line."""
    toggles = np.zeros((grid.rows, grid.columns + 1), dtype=np.int32)
    for points, _ in rings_of(geometry):
        for (xa, ya), (xb, yb) in zip(points[:-1], points[1:]):
            if ya == yb:
                continue
            if ya > yb:
                xa, ya, xb, yb = xb, yb, xa, ya
            first = max(0, math.ceil((grid.y0 - yb) / grid.h - 0.5))
            last = min(grid.rows - 1, math.floor((grid.y0 - ya) / grid.h - 0.5))
            for r in range(first, last + 1):
                y = grid.y[r]
                if not ya <= y < yb:
                    continue
                x = xa + (y - ya) * (xb - xa) / (yb - ya)
                c = min(max(math.ceil((x - grid.x0) / grid.w - 0.5), 0), grid.columns)
                toggles[r, c] += 1
    return np.cumsum(toggles, axis=1)[:, : grid.columns] % 2 == 1


# --- patches ---------------------------------------------------------------------------------------------------------------


def components(count, a, b):
    """The smallest member of each item's component, under the links a-b."""
    label = np.arange(count)
    while True:
        low = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], low)
        np.minimum.at(new, label[b], low)
        while True:
            jumped = new[new]
            if np.array_equal(jumped, new):
                break
            new = jumped
        if np.array_equal(new, label):
            return label
        label = new


def linked_labels(mask, reach):
    """Labels of cells (-1: not in the mask); reach[d] is the largest column difference that links cells d rows apart, or -1."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    row, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    stop = stop - 1  # inclusive
    span = 4 * mask.shape[1] + 4 * max(reach) + 8  # keys that order runs by row, then column
    key_start, key_stop = row * span + start + max(reach) + 1, row * span + stop + max(reach) + 1
    links_a, links_b = [np.empty(0, int)], [np.empty(0, int)]
    for down, reach_columns in enumerate(reach):
        if reach_columns < 0:
            continue
        low = np.searchsorted(key_stop, key_start + down * span - reach_columns, side="left")
        high = np.searchsorted(key_start, key_stop + down * span + reach_columns, side="right")
        number = np.maximum(high - low, 0)
        links_a.append(np.repeat(np.arange(len(row)), number))
        offset = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        links_b.append(np.repeat(low, number) + offset)
    run_label = components(len(row), np.concatenate(links_a), np.concatenate(links_b))
    labels = np.full(mask.shape, -1, dtype=np.int64)
    run_of_cell = np.cumsum((steps[:, :-1] == 1).ravel()) - 1
    labels[mask] = run_label[run_of_cell[mask.ravel()]]
    return labels


EIGHT = [1, 1]


def gap_reach(grid, limit_m, width_m=None, height_m=None):
    """Cells whose sides are less than `limit_m` apart (strictly; 1e-12 counts as a tie)."""
    w, h = width_m or grid.w, height_m or grid.h
    reach, down = [], 0
    while True:
        vertical = max(down - 1, 0) * h
        if vertical >= limit_m * (1 - 1e-12):
            return reach
        columns = 0
        while math.hypot(max(columns, 0) * w, vertical) < limit_m * (1 - 1e-12):
            columns += 1
        reach.append(columns)
        down += 1


def sums(labels, weight):
    """{label: sum of weight}, for labels >= 0, as an array of sums."""
    chosen = labels >= 0
    names, index = np.unique(labels[chosen], return_inverse=True)
    return names, np.bincount(index, weight[chosen], minlength=len(names))


# --- distances -------------------------------------------------------------------------------------------------------------


def within(mask, grid, limit_m, measure):
    """Cells whose centre has a cell of the mask within the limit (closed), to its side ("edge") or its centre."""
    half = 0.5 if measure == "edge" else 0.0
    out = np.zeros(mask.shape, dtype=bool)
    before = np.concatenate([np.zeros((mask.shape[0], 1), int), np.cumsum(mask, axis=1)], axis=1)
    down = 0
    columns = np.arange(mask.shape[1])
    while True:
        vertical = max(down - half, 0) * grid.h
        if vertical > limit_m * (1 + 1e-12):
            return out
        reach = math.floor(math.sqrt(max(limit_m**2 - vertical**2, 0)) * (1 + 1e-12) / grid.w + half)
        low, high = np.maximum(columns - reach, 0), np.minimum(columns + reach + 1, mask.shape[1])
        hit = before[:, high] - before[:, low] > 0
        if down == 0:
            out |= hit
        else:
            out[down:] |= hit[:-down]
            out[:-down] |= hit[down:]
        down += 1


def within_polygons(geometries, grid, limit_m):
    """Cells whose centre is inside a polygon or within the limit of one of its edges."""
    out = np.zeros((grid.rows, grid.columns), dtype=bool)
    limit = limit_m * (1 + 1e-12)
    for geometry in geometries:
        out |= centres_inside(geometry, grid)
        for points, _ in rings_of(geometry):
            for (xa, ya), (xb, yb) in zip(points[:-1], points[1:]):
                c0 = max(0, math.floor((min(xa, xb) - limit - grid.x0) / grid.w))
                c1 = min(grid.columns, math.ceil((max(xa, xb) + limit - grid.x0) / grid.w) + 1)
                r0 = max(0, math.floor((grid.y0 - max(ya, yb) - limit) / grid.h))
                r1 = min(grid.rows, math.ceil((grid.y0 - min(ya, yb) + limit) / grid.h) + 1)
                if c0 >= c1 or r0 >= r1:
                    continue
                x, y = grid.x[None, c0:c1], grid.y[r0:r1, None]
                dx, dy = xb - xa, yb - ya
                length2 = dx * dx + dy * dy
                t = np.clip(((x - xa) * dx + (y - ya) * dy) / length2, 0, 1) if length2 else 0.0
                out[r0:r1, c0:c1] |= (x - xa - t * dx) ** 2 + (y - ya - t * dy) ** 2 <= limit * limit
    return out


def window_share(mask, known, grid, radius_m):
    """Share of `mask` among `known` cells, by cells whose centres lie within the radius; nan where none is known."""
    hits, seen = np.zeros(mask.shape), np.zeros(mask.shape)
    columns = np.arange(mask.shape[1])
    tables = [np.concatenate([np.zeros((mask.shape[0], 1)), np.cumsum(m, axis=1)], axis=1) for m in (mask & known, known)]
    down = 0
    while down * grid.h <= radius_m * (1 + 1e-12):
        reach = math.floor(math.sqrt(max(radius_m**2 - (down * grid.h) ** 2, 0)) * (1 + 1e-12) / grid.w)
        low, high = np.maximum(columns - reach, 0), np.minimum(columns + reach + 1, mask.shape[1])
        for table, total in zip(tables, (hits, seen)):
            found = table[:, high] - table[:, low]
            if down == 0:
                total += found
            else:
                total[down:] += found[:-down]
                total[:-down] += found[down:]
        down += 1
    with np.errstate(invalid="ignore"):
        return hits / seen


# --- people ----------------------------------------------------------------------------------------------------------------


def ground(grid, x, y):
    """Ground per map area at the points of a mesh; on lat/lon grids up to a constant."""
    if grid.projection is not None:
        return grid.projection.area_factor(x[None, :], y[:, None])
    phi = np.radians(y)
    return np.repeat((grid.ellipsoid.gauss_radius_squared(phi) * np.cos(phi))[:, None], len(x), axis=1)


class PeopleRaster:
    """Counts per cell, each spread evenly over its cell: how many of them live where a zone and a cell of `grid` overlap."""

    def __init__(self, path, grid, band=1):
        values, t, nodata = read_raster(path, band)
        bad = ~np.isfinite(values) | (values < 0)
        self.values = np.where(bad if nodata is None else bad | (values == nodata), 0, values).astype(float)
        self.grid = grid
        people_xs = t[0] + np.arange(values.shape[1] + 1) * t[1]
        people_ys = t[3] + np.arange(values.shape[0] + 1) * t[5]
        self.xs, self.ys = np.union1d(people_xs, grid.xs), np.union1d(people_ys, grid.ys)[::-1]
        x, y = (self.xs[1:] + self.xs[:-1]) / 2, (self.ys[1:] + self.ys[:-1]) / 2
        self.people_row, self.people_column = np.floor((y - t[3]) / t[5]).astype(int), np.floor((x - t[0]) / t[1]).astype(int)
        self.row, self.column = np.floor((grid.y0 - y) / grid.h).astype(int), np.floor((x - grid.x0) / grid.w).astype(int)
        self.factor = ground(grid, x, y)
        on_people = (
            (self.people_row >= 0) & (self.people_row < values.shape[0]),
            (self.people_column >= 0) & (self.people_column < values.shape[1]),
        )
        self.cell_area = np.zeros(values.shape)
        pieces = self.factor * np.outer(-np.diff(self.ys), np.diff(self.xs))
        source = np.ix_(self.people_row[on_people[0]], self.people_column[on_people[1]])
        np.add.at(self.cell_area, source, pieces[np.ix_(*on_people)])

    def in_zone(self, geometry):
        """People per cell of the grid who live inside the geometry."""
        out = np.zeros((self.grid.rows, self.grid.columns))
        window = box_window(geometry, self.xs, self.ys)
        if window is None:
            return out
        rows, columns = window
        area = covered_area(geometry, self.xs[columns.start : columns.stop + 1], self.ys[rows.start : rows.stop + 1])
        area *= self.factor[window]
        source_row, source_column = self.people_row[window[0]], self.people_column[window[1]]
        row, column = self.row[window[0]], self.column[window[1]]
        r = (source_row >= 0) & (source_row < self.values.shape[0]) & (row >= 0) & (row < self.grid.rows)
        c = (source_column >= 0) & (source_column < self.values.shape[1]) & (column >= 0) & (column < self.grid.columns)
        source = np.ix_(source_row[r], source_column[c])
        np.add.at(out, np.ix_(row[r], column[c]), area[np.ix_(r, c)] * self.values[source] / self.cell_area[source])
        return out


# --- legends and results ---------------------------------------------------------------------------------------------------


ROLES = ("green", "blue", "built", "natural", "vegetated")


def legend(path, name):
    """{code: {role: bool, "missing": text}} of one shipped legend."""
    with open(path, encoding="utf-8") as file:
        return {
            int(row["code"]): {**{role: row[role] == "1" for role in ROLES}, "missing": row["missing"]}
            for row in csv.DictReader(file)
            if row["legend_id"] == name and ".." not in row["code"]
        }


def results(folder):
    """{(date, zone_id or "" for the city, indicator, variant, class): row} of an output folder."""
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    zones = ["" if row["zone_level"] == "city" else row["zone_id"] for row in rows]
    return {(row["date"], zone, row["indicator"], row["variant"], row["class"]): row for row, zone in zip(rows, zones)}

