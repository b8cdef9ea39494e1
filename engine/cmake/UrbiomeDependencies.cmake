# Every third-party library, and the one module that is its door (docs/decisions/0002-libraries.md says why each).
find_package(fmt REQUIRED)             # base
find_package(PkgConfig REQUIRED)
find_package(GDAL REQUIRED)            # io
find_package(TBB REQUIRED)             # exec
find_package(nlohmann_json REQUIRED)   # io
find_package(CLI11 REQUIRED)           # cli
find_package(spdlog REQUIRED)          # cli
find_package(OpenSSL REQUIRED COMPONENTS Crypto)                        # io: sha256
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)                  # kernel: SIMD with run-time dispatch
pkg_check_modules(HWY_CONTRIB REQUIRED IMPORTED_TARGET libhwy-contrib)  # kernel: its sorting
pkg_check_modules(GEOS REQUIRED IMPORTED_TARGET geos)                   # vector
pkg_check_modules(PROJ REQUIRED IMPORTED_TARGET proj)                   # vector
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)   # io
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)          # io: blocks of GeoTIFFs and OSM PBFs
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)       # io
find_package(ZLIB REQUIRED)            # io: the header of OSM PBFs, which libosmium leaves to it
find_path(OSMIUM_INCLUDE_DIR osmium/io/pbf_input.hpp REQUIRED)          # io: header-only
find_path(MUSTACHE_INCLUDE_DIR kainjow/mustache.hpp REQUIRED)           # io
find_file(D3_JAVASCRIPT d3.min.js PATHS /usr/share/javascript/d3 REQUIRED NO_DEFAULT_PATH)  # io: inlined into the report
