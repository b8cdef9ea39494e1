#include "urbiome/io/zones_writer.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogrsf_frmts.h>

#include "io/scratch_folder.h"

namespace urbiome {
namespace {

ZoneFeatureTable two_zones() {
  ZoneFeatureTable zones;
  zones.crs = "EPSG:31985";
  zones.columns = {{"green_share", "Green share (%) of 'all' <zones>"},
                   {"public_green_blue_share__gb_public/admin", "Public \"green\""}};
  const Ring square = {{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, hole = {{2, 2}, {4, 2}, {4, 4}, {2, 4}, {2, 2}};
  zones.rows.push_back({"district", "1", "<script>alert('x')</script>", {{{square, {hole}}}}, {0.25, 0.5}});
  zones.rows.push_back({"district", "越", "=cmd", {}, {Cell{}, 1.0}});
  zones.styled_column = "green_share";
  return zones;
}

Table results() {
  return {
      "results", {"zone_id", "value", "count"}, {{std::string("1"), 0.25, std::int64_t{3}}, {Cell{}, Cell{}, Cell{}}}};
}

class ZonesGeoPackage : public ::testing::Test {
 protected:
  void SetUp() override {
    GDALAllRegister();
    path_ = folder_ / "zones.gpkg";
    write_zones_geopackage(path_, two_zones(), results());
    file_.reset(GDALDataset::Open(path_.c_str(), GDAL_OF_VECTOR | GDAL_OF_VERBOSE_ERROR));
    ASSERT_TRUE(file_);
  }
  std::string text(const std::string& sql) {
    OGRLayer* layer = file_->ExecuteSQL(sql.c_str(), nullptr, nullptr);
    if (layer == nullptr) return "no result";
    std::string out;
    for (const auto& feature : *layer) out += std::string(feature->GetFieldAsString(0)) + ";";
    file_->ReleaseResultSet(layer);
    return out;
  }

  ScratchFolder folder_;
  std::string path_;
  GDALDatasetUniquePtr file_;
};

TEST_F(ZonesGeoPackage, HoldsZonesWithShapesAndValues) {
  OGRLayer* zones = file_->GetLayerByName("zones");
  ASSERT_NE(zones, nullptr);
  EXPECT_EQ(zones->GetGeomType(), wkbMultiPolygon);
  EXPECT_STREQ(zones->GetSpatialRef()->GetAuthorityCode(nullptr), "31985");
  ASSERT_EQ(zones->GetFeatureCount(), 2);
  const OGRFeatureUniquePtr first(zones->GetNextFeature()), second(zones->GetNextFeature());
  EXPECT_STREQ(first->GetFieldAsString("zone_name"), "<script>alert('x')</script>");
  EXPECT_EQ(first->GetFieldAsDouble("green_share"), 0.25);
  EXPECT_EQ(first->GetFieldAsDouble("public_green_blue_share__gb_public/admin"), 0.5);
  EXPECT_DOUBLE_EQ(first->GetGeometryRef()->toMultiPolygon()->get_Area(), 96);
  EXPECT_TRUE(second->IsFieldNull(second->GetFieldIndex("green_share")));
  EXPECT_EQ(second->GetGeometryRef(), nullptr);
  EXPECT_STREQ(second->GetFieldAsString("zone_id"), "越");
}

TEST_F(ZonesGeoPackage, HoldsTheResultsAsATable) {
  OGRLayer* layer = file_->GetLayerByName("results");
  ASSERT_NE(layer, nullptr);
  EXPECT_EQ(layer->GetGeomType(), wkbNone);
  EXPECT_EQ(layer->GetFeatureCount(), 2);
  EXPECT_EQ(layer->GetLayerDefn()->GetFieldDefn(1)->GetType(), OFTReal);
  EXPECT_EQ(layer->GetLayerDefn()->GetFieldDefn(2)->GetType(), OFTInteger64);
}

TEST_F(ZonesGeoPackage, StylesItselfInQgis) {
  EXPECT_EQ(text("SELECT styleName FROM layer_styles WHERE useAsDefault AND f_table_name = 'zones' AND "
                 "f_geometry_column = 'geom'"),
            "green_share;");
  EXPECT_EQ(text("SELECT count(*) FROM layer_styles"), "2;");
  EXPECT_EQ(text("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = 'zones'"), "geom;");
  const std::string qml = text("SELECT styleQML FROM layer_styles WHERE useAsDefault");
  EXPECT_NE(qml.find("attr=\"&quot;green_share&quot;\""), std::string::npos) << qml;
  EXPECT_NE(qml.find("Green share (%) of 'all' &lt;zones&gt;"), std::string::npos);
  CPLXMLNode* tree = CPLParseXMLString(qml.substr(qml.find("<qgis")).c_str());
  ASSERT_NE(tree, nullptr) << "the style is well-formed XML";
  const CPLXMLNode* renderer = CPLGetXMLNode(tree, "renderer-v2");
  EXPECT_STREQ(CPLGetXMLValue(tree, "renderer-v2.type", ""), "graduatedSymbol");
  int ranges = 0, symbols = 0;
  for (const CPLXMLNode* n = CPLGetXMLNode(renderer, "ranges")->psChild; n != nullptr; n = n->psNext) ++ranges;
  for (const CPLXMLNode* n = CPLGetXMLNode(renderer, "symbols")->psChild; n != nullptr; n = n->psNext) ++symbols;
  EXPECT_GE(ranges, 1);
  EXPECT_EQ(ranges, symbols);
  CPLDestroyXMLNode(tree);
}

TEST_F(ZonesGeoPackage, NamesColumnsInWords) {
  EXPECT_EQ(text("SELECT title FROM gpkg_data_columns WHERE table_name = 'zones' ORDER BY column_name"),
            "Green share (%) of 'all' <zones>;Public \"green\";");
  EXPECT_EQ(text("SELECT scope FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"), "read-write;");
}

TEST_F(ZonesGeoPackage, GivesTheSameBytesAgain) {
  write_zones_geopackage(folder_ / "again.gpkg", two_zones(), results());
  EXPECT_TRUE(bytes_of(path_) == bytes_of(folder_ / "again.gpkg"));
}

TEST(ZonesGeoPackageErrors, AreUnwritable) {
  const ScratchFolder folder;
  expect_error(ErrorCode::unwritable, "none/z.gpkg",
               [&] { write_zones_geopackage(folder / "none/z.gpkg", two_zones(), results()); });
  expect_error(ErrorCode::contradiction, "reference system", [&] {
    ZoneFeatureTable zones = two_zones();
    zones.crs = "EPSG:nonsense";
    write_zones_geopackage(folder / "z.gpkg", zones, results());
  });
  EXPECT_TRUE(reports_full_disk(40000, [&] { write_zones_geopackage(folder / "f.gpkg", two_zones(), results()); }));
  write_zones_geopackage(folder / "none.gpkg", ZoneFeatureTable{},
                         Table{"results", {"a"}, {}});  // nothing to say is no error
}

}  // namespace
}  // namespace urbiome
