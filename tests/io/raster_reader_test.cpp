#include "urbiome/io/raster_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "io/small_inputs.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

// A legend of three classes: 1 wood (green), 2 lake (blue), 3 town (built).
const char* const kLegend =
    "code,class_name,green,blue,built,natural,vegetated,missing\n1,wood,1,0,0,1,1,\n2,lake,0,1,0,0,0,\n3,town,0,0,1,0,"
    "0,\n";

const std::vector<double> kCodes = {1, 1, 2, 3, 1, 2, 2, 3, 3, 3, 3, 1};  // 4 columns, 3 rows

LandCoverInput input_of(const std::string& path, const std::string& legend = {}) {
  LandCoverInput input;
  input.path = path;
  input.legend = legend;
  return input;
}

// Cells as text, one letter each: the class's code, '-' nodata, '?' unknown.
std::string cells_of(const LandCoverRaster& raster, Window window = {}) {
  if (window.empty()) window = whole(raster.source->grid());
  std::vector<ClassIndex> cells(static_cast<std::size_t>(window.cells()));
  raster.source->open()->read(window, cells);
  std::string text;
  for (const ClassIndex cell : cells) {
    const LegendClass& entry = raster.source->classes().at(cell);
    text += entry.missing == Missing::nodata ? "-" : entry.missing == Missing::unknown ? "?" : entry.code;
  }
  return text;
}

// The message of the Error that `action` throws; fails without one.
std::string error_of(ErrorCode code, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class RasterReader : public ::testing::Test {
 protected:
  std::string tif(const RasterSpec& spec, const std::string& name = "cover.tif") {
    return write_tif(folder_, name, spec);
  }
  std::string legend() { return write_text(folder_, "legend.csv", kLegend); }
  ScratchFolder folder_;
};

TEST_F(RasterReader, EveryTypeOfCodeReadsAlike) {
  for (const GDALDataType type :
       {GDT_Byte, GDT_UInt16, GDT_Int16, GDT_UInt32, GDT_Int32, GDT_UInt64, GDT_Int64, GDT_Float32, GDT_Float64}) {
    RasterSpec spec;
    spec.type = type;
    spec.bands = {kCodes};
    const std::string path = tif(spec, std::string(GDALGetDataTypeName(type)) + ".tif");
    const LandCoverRaster with_legend = open_land_cover(input_of(path, legend()), false);
    EXPECT_EQ(cells_of(with_legend), "112312233331") << GDALGetDataTypeName(type);
    EXPECT_EQ(cells_of(with_legend, {1, 1, 2, 2}), "2233");
    EXPECT_EQ(with_legend.info.data_type, GDALGetDataTypeName(type));
    const LandCoverRaster plain = open_land_cover(input_of(path), false);
    EXPECT_EQ(cells_of(plain), "112312233331");
    EXPECT_EQ(plain.source->classes().size(), 4U);  // 1, 2, 3 and nodata
    EXPECT_EQ(distinct_values(path, 1, 10), (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(distinct_values(path, 1, 2).size(), 2U);
  }
}

TEST_F(RasterReader, GridAndReferenceSystem) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.affine = {500000, 10, 0, 9000000, 0, -20};
  const RasterInfo info = describe_raster(tif(spec));
  EXPECT_EQ(info.grid, (Grid{500000, 9000000, 10, 20, 4, 3}));
  EXPECT_EQ(info.driver, "GTiff");
  EXPECT_TRUE(contains(info.crs, "32625"));
  EXPECT_TRUE(info.warnings.empty());
}

TEST_F(RasterReader, SouthUpAndMirroredFilesAreTurnedRound) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.affine = {500040, -10, 0, 8999970, 0, 10};
  const LandCoverRaster raster = open_land_cover(input_of(tif(spec), legend()), false);
  EXPECT_EQ(raster.info.grid, (Grid{500000, 9000000, 10, 10, 4, 3}));
  EXPECT_EQ(cells_of(raster), "133332213211");
  EXPECT_EQ(cells_of(raster, {0, 1, 2, 2}), "3322");
  EXPECT_EQ(raster.info.warnings.size(), 2U);
  spec.type = GDT_Int32;
  EXPECT_EQ(cells_of(open_land_cover(input_of(tif(spec, "wide.tif"), legend()), false)), "133332213211");
}

TEST_F(RasterReader, RotatedGridsAreRefusedWithTheRemedy) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.affine = {500000, 10, 1, 9000000, 1, -10};
  const std::string path = tif(spec);
  EXPECT_TRUE(contains(error_of(ErrorCode::contradiction, [&] { describe_raster(path); }), "gdalwarp"));
}

TEST_F(RasterReader, AFileWithoutGeoreferenceIsReadWithAWarning) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.affine.clear();
  spec.crs.clear();
  const RasterInfo info = describe_raster(tif(spec));
  EXPECT_EQ(info.grid, (Grid{0, 3, 1, 1, 4, 3}));
  EXPECT_EQ(info.crs, "");
  EXPECT_EQ(info.warnings.size(), 1U);
}

TEST_F(RasterReader, DeclaredNodataWinsOverTheLegendWithAWarning) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.change = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(3); };
  const LandCoverRaster raster = open_land_cover(input_of(tif(spec), legend()), false);
  EXPECT_EQ(cells_of(raster), "112-122----1");
  ASSERT_EQ(raster.info.warnings.size(), 1U);
  EXPECT_TRUE(contains(raster.info.warnings[0], "town"));
  EXPECT_EQ(cells_of(open_land_cover(input_of(raster.info.path), false)), "112-122----1");  // all bytes are classes
  EXPECT_EQ(distinct_values(raster.info.path, 1, 9), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(RasterReader, NodataThatTheTypeCannotHoldIsIgnoredWithAWarning) {
  for (const double nodata : {-128.0, 300.0, 1.5, std::nan("")}) {
    RasterSpec spec;
    spec.bands = {kCodes};
    spec.change = [nodata](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(nodata); };
    const LandCoverRaster raster = open_land_cover(input_of(tif(spec), legend()), false);
    EXPECT_EQ(cells_of(raster), "112312233331") << nodata;
    EXPECT_EQ(raster.info.warnings.size(), 1U) << nodata;
  }
}

TEST_F(RasterReader, NodataOfWideAndFloatTypes) {
  RasterSpec spec;
  spec.type = GDT_Int16;
  spec.bands = {{1, -9999, 2, 3, 1, 2, 2, 3, 3, 3, 3, -9999}};
  spec.change = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(-9999); };
  EXPECT_EQ(cells_of(open_land_cover(input_of(tif(spec), legend()), false)), "1-231223333-");
  spec.type = GDT_Float32;
  spec.bands = {{1, std::nan(""), 2, 3, 1, 2, 2, 3, 3, 3, 3, -3.4028235e38}};
  spec.change = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(-3.402823e38); };
  const std::string path = tif(spec, "float.tif");
  EXPECT_EQ(cells_of(open_land_cover(input_of(path, legend()), false)), "1-231223333-");
  const ValueRaster values = read_values(path, 1);
  EXPECT_TRUE(std::isnan(values.values[1]) && std::isnan(values.values[11]));
  EXPECT_EQ(values.values[2], 2);
}

TEST_F(RasterReader, SignedBytesKeepTheirSign) {
  RasterSpec spec;
  spec.options = {"PIXELTYPE=SIGNEDBYTE"};
  spec.bands = {{1, 128, 255, 3, 1, 1, 1, 1, 1, 1, 1, 1}};  // as bytes: -128 and -1
  spec.change = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(-128); };
  const std::string path = tif(spec);
  EXPECT_EQ(describe_raster(path).data_type, "Int8");
  EXPECT_EQ(distinct_values(path, 1, 9), (std::vector<std::int64_t>{-1, 1, 3}));
  EXPECT_EQ(cells_of(open_land_cover(input_of(path), false)), "1--1311111111");
  EXPECT_EQ(read_values(path, 1).values[2], -1);
}

TEST_F(RasterReader, MaskBandsAndAlphaAreNodata) {
  RasterSpec spec;
  spec.bands = {kCodes, {255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0}};
  spec.bands[0][1] = 77;  // a masked cell may hold any code
  spec.options = {"ALPHA=YES"};
  EXPECT_EQ(cells_of(open_land_cover(input_of(tif(spec), legend()), false)), "1-231223333-");
  spec.bands.resize(1);
  spec.options.clear();
  spec.change = [](GDALDataset& file) {
    file.CreateMaskBand(GMF_PER_DATASET);
    std::vector<std::uint8_t> mask = {255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    ASSERT_EQ(file.GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, 4, 3, mask.data(), 4, 3, GDT_Byte, 0, 0,
                                                             nullptr),
              CE_None);
  };
  const std::string path = tif(spec, "masked.tif");
  EXPECT_EQ(cells_of(open_land_cover(input_of(path, legend()), false)), "1-2312233331");
  EXPECT_EQ(distinct_values(path, 1, 9), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(std::isnan(read_values(path, 1).values[1]));
}

TEST_F(RasterReader, UnlistedCodesAreAnErrorThatSaysWhere) {
  RasterSpec spec;
  for (const GDALDataType type : {GDT_Byte, GDT_Int16, GDT_Int32, GDT_Float32, GDT_UInt64}) {
    spec.type = type;
    spec.bands = {kCodes};
    spec.bands[0][6] = 9, spec.bands[0][8] = 7;
    LandCoverInput input = input_of(tif(spec), legend());
    const LandCoverRaster raster = open_land_cover(input, false);
    const std::string message = error_of(ErrorCode::contradiction, [&] { cells_of(raster); });
    EXPECT_TRUE(contains(message, "9, 7") && contains(message, "row 1, column 2")) << message;
    EXPECT_EQ(cells_of(raster, {0, 0, 1, 4}), "1123");  // tiles without them can be read
    input.unlisted_is_unknown = true;
    EXPECT_EQ(cells_of(open_land_cover(input, false)), "112312?3?331");
  }
}

TEST_F(RasterReader, FloatsBetweenWholeNumbersAreNoCodes) {
  RasterSpec spec;
  spec.type = GDT_Float32;
  spec.bands = {kCodes};
  spec.bands[0][5] = 2.5;
  LandCoverInput input = input_of(tif(spec), legend());
  input.unlisted_is_unknown = true;
  const std::string message = error_of(ErrorCode::contradiction, [&] { cells_of(open_land_cover(input, false)); });
  EXPECT_TRUE(contains(message, "2.5 at row 1, column 1")) << message;
  error_of(ErrorCode::contradiction, [&] { open_land_cover(input_of(input.path), false); });
  spec.bands[0][5] = std::numeric_limits<double>::infinity();
  error_of(ErrorCode::contradiction, [&] { cells_of(open_land_cover(input_of(tif(spec), legend()), false)); });
}

TEST_F(RasterReader, LegendClassesMayMeanMissing) {
  const std::string path = write_text(folder_, "missing.csv",
                                      "code,class_name,green,blue,built,natural,vegetated,missing\n1,wood,1,0,0,1,1,\n"
                                      "2,cloud,0,0,0,0,0,unknown\n3,outside,0,0,0,0,0,nodata\n");
  RasterSpec spec;
  spec.bands = {kCodes};
  const LandCoverRaster raster = open_land_cover(input_of(tif(spec), path), false);
  EXPECT_EQ(cells_of(raster),
            "11?-1?"
            "?----1");
  EXPECT_EQ(raster.source->nodata_index(), 2);
  EXPECT_EQ(raster.legend.classes.size(), 3U);
}

TEST_F(RasterReader, TooManyValuesAreNoLandCover) {
  RasterSpec spec;
  spec.type = GDT_Int32;
  spec.width = 20, spec.height = 20;
  spec.bands.emplace_back();
  for (int i = 0; i < 400; ++i) spec.bands[0].push_back(i * 100000);
  const std::string path = tif(spec);
  EXPECT_TRUE(contains(error_of(ErrorCode::contradiction, [&] { open_land_cover(input_of(path), false); }), "legend"));
}

TEST_F(RasterReader, CodesFarApartAndRanges) {
  const std::string legend =
      write_text(folder_, "far.csv",
                 "code,class_name,green,blue,built,natural,vegetated,missing\n-2000000000,a,1,0,0,0,0,\n"
                 "600..622,b,0,0,1,0,0,\n2000000000,c,0,0,0,0,0,\n");
  RasterSpec spec;
  spec.type = GDT_Int32;
  spec.width = 5, spec.height = 1;
  spec.bands = {{-2000000000, 600, 622, 2000000000, 622}};
  const LandCoverRaster raster = open_land_cover(input_of(tif(spec), legend), false);
  EXPECT_EQ(cells_of(raster), "-2000000000600..622600..6222000000000600..622");
}

TEST_F(RasterReader, PaletteAndNamesAreReported) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.change = [](GDALDataset& file) {
    GDALColorTable table;
    const GDALColorEntry green{10, 200, 30, 255};
    table.SetColorEntry(1, &green);
    file.GetRasterBand(1)->SetColorTable(&table);
  };
  const RasterInfo info = describe_raster(tif(spec));
  ASSERT_GT(info.palette.size(), 1U);
  EXPECT_EQ(info.palette[1], (std::array<std::uint8_t, 4>{10, 200, 30, 255}));
}

TEST_F(RasterReader, BrokenFilesAreUnreadable) {
  const std::string text = write_text(folder_, "text.tif", "this is no raster"),
                    nothing = write_text(folder_, "empty.tif", "");
  for (const std::string& path : {text, nothing, (folder_ / "absent.tif"), std::string()}) {
    EXPECT_FALSE(is_raster(path));
    EXPECT_THROW(describe_raster(path), Error) << path;
  }
  error_of(ErrorCode::unreadable, [&] { describe_raster(text); });
  EXPECT_TRUE(
      contains(error_of(ErrorCode::unreadable, [&] { describe_raster((folder_ / "absent.tif")); }), "does not exist"));
  RasterSpec spec;
  spec.bands = {kCodes};
  const std::string whole_file = tif(spec);
  EXPECT_TRUE(is_raster(whole_file));
  error_of(ErrorCode::contradiction, [&] { describe_raster(whole_file, 2); });
  error_of(ErrorCode::contradiction, [&] { describe_raster(whole_file, 0); });
}

// Codes 1 to 3 without order.
std::vector<double> random_codes(int count, std::uint32_t seed) {
  std::vector<double> codes;
  for (int i = 0; i < count; ++i) codes.push_back(1 + (seed = seed * 1664525U + 1013904223U) / 1431655766U);
  return codes;
}

TEST_F(RasterReader, BlocksOfEveryKindHoldTheirCells) {
  const std::vector<std::string> tiles{"TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"};
  const auto and_more = [&](const std::string& option) {
    std::vector<std::string> options = tiles;
    options.push_back(option);
    return options;
  };
  const std::vector<std::vector<std::string>> layouts{tiles,
                                                      and_more("PREDICTOR=2"),
                                                      and_more("NBITS=4"),
                                                      and_more("INTERLEAVE=BAND"),
                                                      and_more("ENDIANNESS=BIG"),
                                                      and_more("BIGTIFF=YES"),
                                                      {"COMPRESS=DEFLATE", "BLOCKYSIZE=100"},
                                                      {"COMPRESS=LZW", "BLOCKYSIZE=100"}};
  for (const auto& options : layouts) {
    RasterSpec spec;
    spec.width = 300, spec.height = 290;
    spec.options = options;
    spec.bands = {random_codes(300 * 290, 1)};
    if (options.back() == "INTERLEAVE=BAND") spec.bands.push_back(random_codes(300 * 290, 2));
    std::fill_n(spec.bands.back().begin() + 300 * 128, 300 * 130, 3);  // a row of blocks of one value
    LandCoverInput input = input_of(tif(spec), legend());
    input.band = static_cast<int>(spec.bands.size());
    std::string expected;
    for (const double code : spec.bands.back()) expected += static_cast<char>('0' + static_cast<int>(code));
    EXPECT_TRUE(cells_of(open_land_cover(input, false)) == expected) << options.back();
  }
}

// The last bytes of the file are a block's checksum.
TEST_F(RasterReader, ABlockThatDoesNotFitItsChecksumIsAnError) {
  RasterSpec spec;
  spec.width = spec.height = 256;
  spec.options = {"TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"};
  spec.bands = {random_codes(256 * 256, 1)};
  const std::string path = tif(spec);
  std::string bytes = bytes_of(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 0x10);
  put_bytes(path, bytes);
  const std::string message =
      error_of(ErrorCode::unreadable, [&] { cells_of(open_land_cover(input_of(path, legend()), false)); });
  EXPECT_TRUE(contains(message, "rows 128 to 255, columns 128 to 255")) << message;
  EXPECT_TRUE(contains(message, "block 1, 1 of the file at byte")) << message;
}

TEST_F(RasterReader, ATruncatedFileIsAnErrorWhenTheLostCellsAreRead) {
  for (const auto& [compression, block] :
       {std::pair("COMPRESS=NONE", "64"), std::pair("COMPRESS=DEFLATE", "64"), std::pair("COMPRESS=DEFLATE", "128")}) {
    RasterSpec spec;
    spec.width = spec.height = 256;
    spec.options = {"TILED=YES", std::string("BLOCKXSIZE=") + block, std::string("BLOCKYSIZE=") + block, compression};
    spec.bands = {random_codes(256 * 256, 1)};
    const std::string path = tif(spec);
    EXPECT_EQ(cells_of(open_land_cover(input_of(path, legend()), false)).size(), 65536U);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) * 2 / 3);
    const std::string message =
        error_of(ErrorCode::unreadable, [&] { cells_of(open_land_cover(input_of(path, legend()), false)); });
    EXPECT_TRUE(contains(message, "cover.tif")) << message;
  }
}

TEST_F(RasterReader, WaterMayBeNatural) {
  RasterSpec spec;
  spec.bands = {{80, 80, 80, 80, 80, 80, 10, 10, 10, 10, 10, 0}};
  const std::string path = tif(spec);
  for (const bool natural : {false, true}) {
    const LandCoverRaster raster = open_land_cover(input_of(path, "worldcover"), natural);
    EXPECT_EQ(raster.legend.find(80)->roles.has(Role::natural), natural);
    EXPECT_EQ(cells_of(raster), "8080808080801010101010-");
  }
}

LandCoverInput ndvi_input(const std::string& path, double ndvi_min) {
  LandCoverInput input;
  input.path = path;
  input.bands["red"] = {path, 1};
  input.bands["nir"] = {path, 2};
  input.ndvi_min = ndvi_min;
  return input;
}

TEST_F(RasterReader, NdviIsStrictAndKnowsZeroByZero) {
  RasterSpec spec;
  spec.width = 6, spec.height = 1;
  spec.bands = {{40, 39, 0, 10, 200, 5}, {60, 61, 0, 90, 10, 255}};  // NDVI 0.2, 0.22, 0/0, 0.8, -0.9, nodata
  spec.change = [](GDALDataset& file) { file.GetRasterBand(2)->SetNoDataValue(255); };
  const LandCoverRaster raster = open_land_cover(ndvi_input(tif(spec), 0.2), false);
  EXPECT_EQ(cells_of(raster), "31?13-");
  EXPECT_TRUE(raster.legend.unknowable.has(Role::built));
  EXPECT_TRUE(raster.legend.unknowable.has(Role::blue));
  const LegendClass* vegetation = raster.legend.find(1);
  EXPECT_TRUE(vegetation->roles.has(Role::green) && vegetation->roles.has(Role::natural) &&
              vegetation->roles.has(Role::vegetated));
  EXPECT_EQ(raster.legend.find(2), nullptr);
}

TEST_F(RasterReader, WaterComesFirst) {
  RasterSpec spec;
  spec.width = 4, spec.height = 1;
  spec.type = GDT_Float32;
  spec.bands = {{10, 10, 10, 5}, {30, 30, 5, 0}, {40, 20, 6, 0}};
  const std::string path = tif(spec);
  LandCoverInput input = ndvi_input(path, 0.2);
  input.bands["green"] = {path, 3};
  input.ndwi_min = 0;
  const LandCoverRaster raster = open_land_cover(input, false);
  EXPECT_EQ(cells_of(raster), "212?");  // the last: NDWI is 0/0
  EXPECT_FALSE(raster.legend.unknowable.has(Role::blue));
  EXPECT_TRUE(raster.legend.find(2)->roles.has(Role::blue));
  EXPECT_FALSE(raster.legend.find(2)->roles.has(Role::natural));
  EXPECT_TRUE(open_land_cover(input, true).legend.find(2)->roles.has(Role::natural));
  input.bands.erase("green");
  EXPECT_TRUE(contains(error_of(ErrorCode::contradiction, [&] { open_land_cover(input, false); }), "green"));
}

TEST_F(RasterReader, ARasterMayHoldNdviItself) {
  RasterSpec spec;
  spec.type = GDT_Float32;
  spec.width = 4, spec.height = 1;
  spec.bands = {{0.25, 0.5, std::nan(""), -1}};
  LandCoverInput input;
  input.path = tif(spec);
  input.bands["ndvi"] = {input.path, 1};
  input.ndvi_min = 0.25;
  EXPECT_EQ(cells_of(open_land_cover(input, false)), "31-3");
  input.ndvi_min.reset();
  error_of(ErrorCode::contradiction, [&] { open_land_cover(input, false); });
}

TEST_F(RasterReader, BandsOfSeveralFilesShareOneGrid) {
  RasterSpec spec;
  spec.bands = {std::vector<double>(12, 10)};
  LandCoverInput input;
  input.bands["red"] = {tif(spec, "red.tif"), 1};
  spec.bands = {std::vector<double>(12, 30)};
  input.bands["nir"] = {tif(spec, "nir.tif"), 1};
  input.ndvi_min = 0.2;
  EXPECT_EQ(cells_of(open_land_cover(input, false)), "111111111111");
  spec.affine[0] += 5;
  tif(spec, "nir.tif");
  const std::string message = error_of(ErrorCode::contradiction, [&] { open_land_cover(input, false); });
  EXPECT_TRUE(contains(message, "500000") && contains(message, "500005") && contains(message, "gdalwarp")) << message;
  spec.affine[0] -= 5;
  spec.crs = "EPSG:32626";
  tif(spec, "nir.tif");
  error_of(ErrorCode::contradiction, [&] { open_land_cover(input, false); });
}

TEST_F(RasterReader, ScaleAndOffsetApplyToValues) {
  RasterSpec spec;
  spec.bands = {kCodes};
  spec.change = [](GDALDataset& file) {
    file.GetRasterBand(1)->SetScale(0.5);
    file.GetRasterBand(1)->SetOffset(10);
  };
  const std::string path = tif(spec);
  EXPECT_EQ(read_values(path, 1).values[3], 11.5);
  EXPECT_EQ(cells_of(open_land_cover(input_of(path, legend()), false)), "112312233331");
}

TEST_F(RasterReader, PolygonsAreRasterisedByCellCentre) {
  const std::string path = write_text(folder_, "plan.geojson", R"({"type":"FeatureCollection","name":"plan",
    "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32625"}},"features":[
    {"type":"Feature","properties":{"use":"wood"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[24,0],[24,20],[0,20],[0,0]]]}},
    {"type":"Feature","properties":{"use":"town"},"geometry":{"type":"Polygon","coordinates":[[[24,10],[40,10],[40,20],[24,20],[24,10]]]}},
    {"type":"Feature","properties":{"use":"quarry"},"geometry":{"type":"Polygon","coordinates":[[[30,0],[40,0],[40,10],[30,10],[30,0]]]}}]})");
  LandCoverInput input = input_of(path, legend());
  input.class_column = "use";
  EXPECT_TRUE(contains(error_of(ErrorCode::contradiction, [&] { open_land_cover(input, false); }), "quarry"));
  input.unlisted_is_unknown = true;
  const LandCoverRaster raster = open_land_cover(input, false);
  EXPECT_EQ(raster.info.grid, (Grid{0, 20, 10, 10, 4, 2}));
  EXPECT_EQ(cells_of(raster), "113311-?");  // centres at x 5, 15, 25, 35
  input.legend.clear();
  EXPECT_EQ(cells_of(open_land_cover(input, false)), "woodwoodtowntownwoodwood-quarry");
}

TEST_F(RasterReader, RealCities) {
  const std::string data = URBIOME_TEST_DATA;
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "RasterReader.RealCities needs the city data";
  const LandCoverRaster azores =
      open_land_cover(input_of(data + "/saomiguel_pt/clc2018_v2020_20u1.tif", "corine_seq"), false);
  ASSERT_EQ(azores.info.warnings.size(), 1U);
  EXPECT_TRUE(contains(azores.info.warnings[0], "-128"));
  std::vector<ClassIndex> cells(static_cast<std::size_t>(azores.info.grid.cells()));
  azores.source->open()->read(whole(azores.info.grid), cells);
  std::int64_t sea = 0;
  for (const ClassIndex cell : cells) sea += azores.source->classes()[cell].code == "44" ? 1 : 0;
  EXPECT_EQ(sea, 5620259);
  const ValueRaster people = read_values(data + "/saomiguel_pt/gpw_v411_2020_count_2020.tif", 1);
  double sum = 0;
  for (const double value : people.values) sum += std::isnan(value) ? 0 : value;
  EXPECT_NEAR(sum, 145603, 1);

  const std::string freetown = data + "/freetown_sl/SLE-Freetown_core-landcover2020.tif";
  EXPECT_EQ(describe_raster(freetown).data_type, "Int32");
  const LandCoverRaster cover = open_land_cover(input_of(freetown, "dynamic_world"), false);
  EXPECT_NO_THROW(cells_of(cover));
  EXPECT_EQ(distinct_values(data + "/yuexiu_cn/Yuexiu_worldcover_proj.tif", 1, 20),
            (std::vector<std::int64_t>{10, 30, 40, 50, 60, 80}));
  LandCoverInput ndvi;
  ndvi.path = data + "/yuexiu_cn/Yuexiu_ndvi_proj.tif";
  ndvi.bands["ndvi"] = {ndvi.path, 1};
  ndvi.ndvi_min = 0.2;
  EXPECT_NO_THROW(cells_of(open_land_cover(ndvi, false)));
}

}  // namespace
}  // namespace urbiome
