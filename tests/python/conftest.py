"""The sample city, as it lies in the source tree, and a finer copy of it that takes a while to compute."""

import shutil
import subprocess
from pathlib import Path

import pytest

OLINDA = Path(__file__).resolve().parents[2] / "datasets" / "olinda"


@pytest.fixture(scope="session")
def olinda(tmp_path_factory):
    folder = tmp_path_factory.mktemp("olinda")
    for name in ("city.toml", "landsat.tif", "tracts.gpkg", "elevation.tif"):
        shutil.copy(OLINDA / name, folder)
    return folder / "city.toml"


@pytest.fixture(scope="session")
def fine_olinda(olinda, tmp_path_factory):
    """The same city on 60 million cells."""
    if shutil.which("gdal_translate") is None:
        pytest.skip("gdal_translate is not installed")
    folder = tmp_path_factory.mktemp("fine_olinda")
    for name in ("city.toml", "tracts.gpkg", "elevation.tif"):
        shutil.copy(olinda.parent / name, folder)
    subprocess.run(
        ["gdal_translate", "-q", "-outsize", "7700", "7766", "-co", "TILED=YES", "-co", "COMPRESS=DEFLATE"]
        + ["-co", "ZLEVEL=1", str(olinda.parent / "landsat.tif"), str(folder / "landsat.tif")],
        check=True,
    )
    return folder / "city.toml"
