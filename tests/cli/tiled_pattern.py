"""Huge rasters in small files: GeoTIFF in which all tiles are one and the same block of bytes."""

import struct
import zlib

import numpy as np

TILE = 512


def checkerboard_tile():
    rows, cols = np.ogrid[:TILE, :TILE]
    return ((rows + cols) % 2).astype("u1")


def bars_tile():
    """Bars of two cells across every second border of rows."""
    rows, cols = np.ogrid[:TILE, :TILE]
    return (((rows + 1) // 2 + cols) % 2).astype("u1")


def write_tiled(path, tile, tiles_down, tiles_across, cell=10.0):
    """Bytes of `tile` (TILE x TILE), again and again; no CRS, north up, upper left corner at 0, 0."""
    block = zlib.compress(tile.tobytes(), 9)
    count = tiles_down * tiles_across
    header = 8
    offsets, sizes = header + len(block), header + len(block) + 4 * count
    scale = sizes + 4 * count
    tie = scale + 24
    directory = tie + 48
    entries = [(256, 4, 1, tiles_across * TILE), (257, 4, 1, tiles_down * TILE), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1),
               (322, 4, 1, TILE), (323, 4, 1, TILE), (324, 4, count, offsets), (325, 4, count, sizes), (339, 3, 1, 1), (33550, 12, 3, scale), (33922, 12, 6, tie)]
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, directory))
        file.write(block)
        file.write(struct.pack("<I", header) * count)
        file.write(struct.pack("<I", len(block)) * count)
        file.write(struct.pack("<3d", cell, cell, 0))
        file.write(struct.pack("<6d", 0, 0, 0, 0, 0, 0))
        file.write(struct.pack("<H", len(entries)))
        for tag, kind, length, value in entries:
            file.write(struct.pack("<HHII", tag, kind, length, value))
        file.write(struct.pack("<I", 0))
