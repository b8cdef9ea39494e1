#!/usr/bin/env bash
# Makes the sample city from two packages of the Debian archive: landsat.tif, elevation.tif, tracts.gpkg.
#
#   datasets/olinda/make.sh [FOLDER]      (default: the folder of this script)
#
# Needs apt-get, dpkg-deb and gdal-bin; nothing is installed. The packages are fetched and
# unpacked in a scratch folder. Every file taken out of them must have the sha256 below, whichever package version holds it.
# The pixel values, attributes and coordinates are the originals': the script drops overviews and unused columns,
# compresses, and writes the coordinate reference systems that the originals lack.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-$here}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for tool in apt-get dpkg-deb sha256sum gdal_translate ogr2ogr; do
  command -v "$tool" >/dev/null || { echo "make.sh: $tool is missing; install the packages apt and gdal-bin" >&2; exit 1; }
done

echo "Fetching r-cran-stars and r-cran-sf from the package archive"
chmod 755 "$scratch"
(cd "$scratch" && apt-get -qq -o APT::Sandbox::User=root download r-cran-stars r-cran-sf)
for package in "$scratch"/*.deb; do dpkg-deb -x "$package" "$scratch/unpacked"; done

library=$scratch/unpacked/usr/lib/R/site-library
(cd "$library" && sha256sum --check --quiet "$here/sources.sha256")

# Six bands of bytes, band numbers as in the original (1 blue, 2 green, 3 red, 4 near infrared, 5 and 6 short-wave infrared).
mkdir -p "$target"
rm -f "$target"/{landsat.tif,elevation.tif,tracts.gpkg}
export GDAL_PAM_ENABLED=NO
gdal_translate -q -co COMPRESS=DEFLATE -co PREDICTOR=2 -co ZLEVEL=9 -co INTERLEAVE=BAND -co TILED=YES \
  -co BLOCKXSIZE=128 -co BLOCKYSIZE=128 "$library/stars/tif/L7_ETMs.tif" "$target/landsat.tif"

# Metres above the sea. The original's CRS is an unnamed transverse Mercator with the parameters of UTM zone 25 south on GRS80.
gdal_translate -q -a_srs EPSG:31985 -co COMPRESS=DEFLATE -co PREDICTOR=3 -co ZLEVEL=9 \
  "$library/stars/tif/olinda_dem_utm25s.tif" "$target/elevation.tif"

# Census tracts: code, kind, code and name of the bairro, residents of 2010. The original's datum is unknown, on the GRS80
# ellipsoid; IBGE published the census in SIRGAS 2000 (EPSG:4674). A fixed date keeps the file the same on every run.
OGR_CURRENT_DATE=2010-08-01T00:00:00.000Z ogr2ogr -q -f GPKG -a_srs EPSG:4674 -nln tracts -nlt POLYGON \
  -select CD_GEOCODI,TIPO,CD_GEOCODB,NM_BAIR,V014 -lco SPATIAL_INDEX=NO "$target/tracts.gpkg" "$library/sf/shape/olinda1.shp"

(cd "$target" && sha256sum landsat.tif elevation.tif tracts.gpkg && du -ch landsat.tif elevation.tif tracts.gpkg | tail -n 1)
