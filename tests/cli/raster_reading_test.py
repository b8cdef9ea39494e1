"""Files of any layout give the same table; what the file's structure tells is not decoded; broken blocks are named."""

import time

import numpy as np
import pytest
from osgeo import gdal, osr

from conftest import BAD_INPUT

gdal.UseExceptions()
ROWS, COLS, DX = 517, 389, 10.0
LEGEND = "code,class_name,green,blue,built,natural,vegetated,missing\n0,none,0,0,0,0,0,nodata\n" + "".join(
    f"{code},c{code},0,0,0,0,0,\n" for code in range(10, 250, 10)
)


def utm():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    return crs.ExportToWkt()


def write(path, cells, options=(), nodata=None, bands=1, turned=False, mirrored=False):
    rows, cols = cells.shape
    file = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, bands, gdal.GDT_Byte, list(options))
    x0, y0 = 400000.0, 5000000.0
    affine = [x0, DX, 0, y0, 0, -DX]
    if turned:
        affine[3], affine[5], cells = y0 - rows * DX, DX, cells[::-1]
    if mirrored:
        affine[0], affine[1], cells = x0 + cols * DX, -DX, cells[:, ::-1]
    file.SetGeoTransform(affine)
    file.SetProjection(utm())
    for band in range(1, bands + 1):
        if nodata is not None:
            file.GetRasterBand(band).SetNoDataValue(nodata)
        file.GetRasterBand(band).WriteArray(np.ascontiguousarray(cells) if band == bands else np.full_like(cells, 99))
    return path


def patchy(rows=ROWS, cols=COLS, classes=8, seed=3):
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 12, rows * cols // 4)
    return np.repeat(random.integers(0, classes, lengths.size), lengths)[: rows * cols].reshape(rows, cols).astype(np.uint8)


LAYOUTS = {
    "tiles": ["TILED=YES", "COMPRESS=DEFLATE"],
    "small tiles": ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=LZW"],
    "wide tiles": ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=16", "COMPRESS=ZSTD"],
    "one row": ["BLOCKYSIZE=1", "COMPRESS=DEFLATE", "PREDICTOR=2"],
    "seven rows": ["BLOCKYSIZE=7", "COMPRESS=PACKBITS"],
    "one strip": [f"BLOCKYSIZE={ROWS}", "COMPRESS=DEFLATE"],
    "plain": [],
}


def test_any_layout_gives_the_same_table(urbiome):
    cells = patchy()
    folder = urbiome.folder
    files = {name: write(folder / f"{name}.tif", cells, options, 0) for name, options in LAYOUTS.items()}
    files["south-up"] = write(folder / "south.tif", cells, LAYOUTS["tiles"], 0, turned=True)
    files["mirrored"] = write(folder / "west.tif", cells, [], 0, mirrored=True)
    for name, options in {"pixels": ["INTERLEAVE=PIXEL"], "planes": ["INTERLEAVE=BAND", "BLOCKYSIZE=3"]}.items():
        files[name] = write(folder / f"{name}.tif", cells, options + ["COMPRESS=DEFLATE"], 0, bands=3)
    vrt = folder / "virtual.vrt"
    gdal.BuildVRT(str(vrt), [str(files["tiles"])]).FlushCache()
    files["vrt"] = vrt
    tables = {}
    for name, path in files.items():
        band = "3" if name in ("pixels", "planes") else "1"
        urbiome.done("raster", "tabulate", path, "t.csv", "--overwrite", "-q", "--band", band)
        tables[name] = (folder / "t.csv").read_bytes()
    for threads in (1, 2, 7):
        for tile in (64, 100, 4096):
            words = ["--num-threads", threads, "--tile-size", tile, "--overwrite", "-q"]
            urbiome.done("raster", "tabulate", files["small tiles"], "t.csv", *words)
            tables[threads, tile] = (folder / "t.csv").read_bytes()
    assert len(set(tables.values())) == 1, {name: hash(table) for name, table in tables.items()}
    counts = np.bincount(cells.ravel())
    rows = [line.split(",") for line in tables["plain"].decode().splitlines()[1:]]
    assert {int(row[1]): int(row[2]) for row in rows} == {c: n for c, n in enumerate(counts) if c != 0}


def test_more_than_two_to_the_31_cells_mostly_nowhere(urbiome):
    write(urbiome.folder / "small.tif", patchy(), ["COMPRESS=DEFLATE"], 0)
    vrt = urbiome.folder / "large.vrt"
    side = 60000 * DX
    box = [400000.0, 5000000.0 - side, 400000.0 + side, 5000000.0]
    gdal.BuildVRT(str(vrt), [str(urbiome.folder / "small.tif")], outputBounds=box).FlushCache()
    start = time.monotonic()
    urbiome.done("raster", "tabulate", "large.vrt", "large.csv", "-q")
    seconds = time.monotonic() - start
    counts = np.bincount(patchy().ravel())
    rows = [line.split(",") for line in (urbiome.folder / "large.csv").read_text().splitlines()[1:]]
    assert {int(row[1]): int(row[2]) for row in rows} == {c: n for c, n in enumerate(counts) if c != 0}
    assert seconds < 20  # about 1 s on an idle machine, half a minute if every cell were read


@pytest.mark.parametrize("legend", [False, True])
def test_sparse_and_constant_blocks_count(urbiome, legend):
    random = np.random.default_rng(8)
    cells = np.zeros((1024, 1280), np.uint8)
    cells[:, 256:512] = 10
    cells[256:512] = 20
    cells[300, 700] = 30  # one cell of a block like its neighbours
    cells[700:800, 700:800] = random.choice([10, 20, 0, 30], (100, 100))
    options = ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE", "SPARSE_OK=TRUE"]
    write(urbiome.folder / "sparse.tif", cells, options, 0)
    (urbiome.folder / "legend.csv").write_text(LEGEND)
    words = ["--legend", "legend.csv"] if legend else []
    for threads, tile in ((1, 128), (2, 128), (1, 300), (2, 1024)):
        tail = ["--overwrite", "-q", "--num-threads", threads, "--tile-size", tile]
        urbiome.done("raster", "tabulate", "sparse.tif", "t.csv", *words, *tail)
        rows = [line.split(",") for line in (urbiome.folder / "t.csv").read_text().splitlines()[1:]]
        found = {int(row[1]): int(row[2]) for row in rows if int(row[2]) > 0}
        assert found == {c: int((cells == c).sum()) for c in (10, 20, 30)}


def test_sparse_cells_of_an_undeclared_nodata_are_cells(urbiome):
    cells = np.zeros((600, 600), np.uint8)
    cells[:100, :100] = 7
    write(urbiome.folder / "sparse.tif", cells, ["TILED=YES", "SPARSE_OK=TRUE", "COMPRESS=ZSTD"])
    urbiome.done("raster", "tabulate", "sparse.tif", "t.csv", "-q")
    rows = [line.split(",") for line in (urbiome.folder / "t.csv").read_text().splitlines()[1:]]
    assert {int(row[1]): int(row[2]) for row in rows} == {0: 350000, 7: 10000}


def test_a_constant_block_of_no_class_is_refused(urbiome):
    cells = np.full((512, 512), 10, np.uint8)
    cells[256:] = 11
    write(urbiome.folder / "cover.tif", cells, ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"])
    (urbiome.folder / "legend.csv").write_text(LEGEND)
    urbiome.refused(BAD_INPUT, ["lacks: 11", "row 256, column 0"], "raster", "tabulate", "cover.tif", "t.csv", "--legend",
                    "legend.csv", "-q", "--num-threads", "1")


def test_transitions_are_those_of_every_cell(urbiome):
    a, b = patchy(seed=1, classes=40), patchy(seed=2, classes=40)  # 1,600 pairs: more than are numbered at a time
    write(urbiome.folder / "a.tif", a, ["TILED=YES", "COMPRESS=DEFLATE"], 0)
    write(urbiome.folder / "b.tif", b, ["COMPRESS=LZW"], 0)
    tables = []
    for words in (["--num-threads", 1], ["--num-threads", 2, "--tile-size", 64], ["--num-threads", 7, "--tile-size", 500]):
        urbiome.done("raster", "tabulate", "a.tif", "b.tif", "t.csv", "--overwrite", "-q", *words)
        tables.append((urbiome.folder / "t.csv").read_text())
    assert len(set(tables)) == 1
    pairs = np.bincount(a.ravel().astype(int) * 40 + b.ravel(), minlength=1600).reshape(40, 40)
    rows = [line.split(",") for line in tables[0].splitlines()[1:]]
    found = {(int(row[1]), int(row[2])): float(row[3]) for row in rows}
    assert found == {(i, j): pairs[i, j] for i in range(1, 40) for j in range(1, 40) if pairs[i, j] > 0}
    urbiome.done("raster", "tabulate", "a.tif", "a_alone.csv", "-q")
    areas = {int(r[1]): float(r[3]) for r in (l.split(",") for l in (urbiome.folder / "a_alone.csv").read_text().splitlines()[1:])}
    same = write(urbiome.folder / "same.tif", np.ones_like(a), [], 0)
    urbiome.done("raster", "tabulate", "a.tif", same, "t.csv", "--overwrite", "-q")
    rows = [line.split(",") for line in (urbiome.folder / "t.csv").read_text().splitlines()[1:]]
    assert {int(row[1]): float(row[4]) for row in rows} == areas


@pytest.mark.parametrize("layout", ["tiles", "seven rows"])
def test_a_broken_block_is_named(urbiome, layout):
    options = {"tiles": ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"],
               "seven rows": ["BLOCKYSIZE=7", "COMPRESS=LZW"]}[layout]
    path = write(urbiome.folder / "cover.tif", patchy(), options, 0)
    block = {"tiles": "2_3", "seven rows": "0_41"}[layout]
    file = gdal.Open(str(path))
    offset = int(file.GetRasterBand(1).GetMetadataItem(f"BLOCK_OFFSET_{block}", "TIFF"))
    size = int(file.GetRasterBand(1).GetMetadataItem(f"BLOCK_SIZE_{block}", "TIFF"))
    file = None
    data = bytearray(path.read_bytes())
    data[offset : offset + size] = b"\xff" * size
    path.write_bytes(data)
    col, row = block.split("_")
    urbiome.refused(BAD_INPUT, ["cover.tif", f"block {col}, {row} of the file at byte {offset}"], "raster", "tabulate",
                    "cover.tif", "t.csv", "-q")


def test_a_truncated_file_is_refused(urbiome):
    path = write(urbiome.folder / "cover.tif", patchy(), ["TILED=YES", "COMPRESS=DEFLATE"], 0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    urbiome.refused(BAD_INPUT, "cover.tif", "raster", "tabulate", "cover.tif", "t.csv", "-q")
