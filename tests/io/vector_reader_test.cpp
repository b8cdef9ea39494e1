#include "urbiome/io/vector_reader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/small_inputs.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

std::string collection(const std::string& features, const std::string& crs = "urn:ogc:def:crs:EPSG::32625") {
  return R"({"type":"FeatureCollection","name":"layer","crs":{"type":"name","properties":{"name":")" + crs +
         R"("}},"features":[)" + features + "]}";
}
std::string feature(const std::string& properties, const std::string& geometry) {
  return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":)" + geometry + "}";
}
const std::string kSquare =
    R"({"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]]})";
const std::string kPoint = R"({"type":"Point","coordinates":[7,8,9]})";
const std::string kLine = R"({"type":"LineString","coordinates":[[0,0],[1,1]]})";

class VectorReader : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) { return write_text(folder_, name, text); }
  ScratchFolder folder_;
};

TEST_F(VectorReader, MembersOfEveryKindAreCountedAndKept) {
  const std::string nested = R"({"type":"GeometryCollection","geometries":[)" + kPoint + "," + kLine +
                             R"(,{"type":"GeometryCollection","geometries":[)" + kSquare + "]}]}";
  const VectorLayer layer = read_vector(
      {write("a.geojson", collection(feature(R"({"id":"a"})", kSquare) + "," + feature(R"({"id":"b"})", nested) + "," +
                                     feature(R"({"id":null})", "null") + "," +
                                     feature("{}", R"({"type":"GeometryCollection","geometries":[]})"))),
       "",
       {"id"},
       "",
       "",
       ""});
  ASSERT_EQ(layer.features.size(), 4U);
  ASSERT_EQ(layer.features[0].polygons.polygons.size(), 1U);
  EXPECT_EQ(layer.features[0].polygons.polygons[0].shell.size(), 5U);
  EXPECT_EQ(layer.features[0].polygons.polygons[0].holes.size(), 1U);
  EXPECT_EQ(layer.features[1].polygons.polygons.size(), 1U);
  EXPECT_EQ(layer.features[1].points, (std::vector<Point>{{7, 8}}));
  EXPECT_EQ(layer.features[1].lines.size(), 1U);
  EXPECT_EQ(layer.null_geometries, 1);
  EXPECT_EQ(layer.empty_geometries, 1);
  EXPECT_EQ(layer.geometry_types.at("Polygon"), 1);
  EXPECT_EQ(layer.geometry_types.at("Geometry Collection"), 2);
  EXPECT_EQ(std::get<std::string>(layer.features[1].attributes[0]), "b");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(layer.features[2].attributes[0]));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(layer.features[3].attributes[0]));
  EXPECT_NE(layer.crs.find("32625"), std::string::npos);
}

TEST_F(VectorReader, LongitudeComesFirst) {
  const VectorLayer layer = read_vector(
      {write("a.geojson", collection(feature("{}", kPoint), "urn:ogc:def:crs:OGC:1.3:CRS84")), "", {}, "", "", ""});
  EXPECT_EQ(layer.features[0].points[0], (Point{7, 8}));
}

TEST_F(VectorReader, TypesOfCells) {
  const VectorLayer layer = read_vector(
      {write("a.geojson", collection(feature(R"({"n":3,"x":2.5,"t":"1,234","when":"2020-06-30","yes":true})", kPoint))),
       "",
       {"x", "n", "t", "when", "yes", "fid"},
       "",
       "",
       ""});
  const std::vector<Cell>& cells = layer.features[0].attributes;
  EXPECT_EQ(std::get<double>(cells[0]), 2.5);
  EXPECT_EQ(std::get<std::int64_t>(cells[1]), 3);
  EXPECT_EQ(std::get<std::string>(cells[2]), "1,234");
  EXPECT_EQ(std::get<std::string>(cells[3]), "2020/06/30");
  EXPECT_EQ(std::get<std::int64_t>(cells[4]), 1);
  EXPECT_EQ(std::get<std::int64_t>(cells[5]), layer.features[0].fid);  // no column of that name: the feature's id
}

TEST_F(VectorReader, ConditionsAndTheirMistakes) {
  const std::string path = write("a.geojson", collection(feature(R"({"access":"yes","n":1})", kPoint) + "," +
                                                         feature(R"({"access":"no","n":2})", kPoint) + "," +
                                                         feature(R"({"access":null,"n":3})", kPoint)));
  EXPECT_EQ(read_vector({path, "", {}, "access = 'yes'", "", ""}).features.size(), 1U);
  EXPECT_EQ(read_vector({path, "", {"n"}, "n >= 2 OR access = 'yes'", "", ""}).features.size(), 3U);
  EXPECT_EQ(read_vector({path, "", {}, "access IS NULL", "", ""}).features.size(), 1U);
  expect_error(ErrorCode::contradiction, "one of access, n", [&] {
    read_vector({path, "", {}, "acces = 'yes'", "", ""});
  });
  expect_error(ErrorCode::contradiction, "cannot be understood", [&] {
    read_vector({path, "", {}, "access = = 'yes'", "", ""});
  });
  expect_error(ErrorCode::contradiction, "did you mean 'access'", [&] {
    read_vector({path, "", {"acces"}, "", "", ""});
  });
  expect_error(ErrorCode::contradiction, "no layer 'parks'", [&] { read_vector({path, "parks", {}, "", "", ""}); });
}

// The same conditions on a database, whose own SQL takes an unknown "column" for a text.
TEST_F(VectorReader, ColumnsThatMayLackAndFeaturesLeftOut) {
  VectorRequest request;
  request.path = write("tags.geojson", collection(feature(R"({"leisure":"park","n":1})", kSquare) + "," +
                                                  feature(R"({"leisure":"pitch","n":2})", "null") + "," +
                                                  feature(R"({"leisure":"park","n":3})", kPoint)));
  request.columns = {"access", "LEISURE", "n"};
  EXPECT_THROW(read_vector(request), Error);
  request.columns_may_lack = true;
  request.keep = [](const std::vector<Cell>& cells) { return text_of(cells[1]) == "park"; };
  VectorLayer layer = read_vector(request);
  ASSERT_EQ(layer.features.size(), 2U);
  EXPECT_EQ(layer.left_out, 1);
  EXPECT_EQ(layer.null_geometries, 0);  // what is left out is not looked at
  EXPECT_TRUE(std::holds_alternative<std::monostate>(layer.features[0].attributes[0]));
  EXPECT_EQ(std::get<std::int64_t>(layer.features[1].attributes[2]), 3);
  request.where = "n < 3";
  layer = read_vector(request);
  EXPECT_EQ(layer.features.size(), 1U);
  EXPECT_EQ(layer.left_out, 1);
}

TEST_F(VectorReader, GeoPackagesWithSeveralLayersAndForeignNames) {
  GDALAllRegister();
  const std::string path = folder_ / "广州 المدينة.gpkg";
  {
    GDALDatasetUniquePtr file(
        GetGDALDriverManager()->GetDriverByName("GPKG")->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    for (const char* name : {"公园 parks", "شوارع"}) {
      OGRLayer* layer = file->CreateLayer(name, nullptr, wkbCurvePolygon, nullptr);
      OGRFieldDefn field("名称 name", OFTString);
      ASSERT_EQ(layer->CreateField(&field), OGRERR_NONE);
      OGRFeature row(layer->GetLayerDefn());
      row.SetField(0, "حديقة");
      OGRGeometry* circle = nullptr;
      OGRGeometryFactory::createFromWkt("CURVEPOLYGON(CIRCULARSTRING(0 0,2 0,0 0))", nullptr, &circle);
      row.SetGeometryDirectly(circle);
      ASSERT_EQ(layer->CreateFeature(&row), OGRERR_NONE);
    }
  }
  const VectorLayer layer = read_vector({path, "شوارع", {"名称 name"}, "\"名称 name\" = 'حديقة'", "", ""});
  ASSERT_EQ(layer.features.size(), 1U);
  EXPECT_EQ(std::get<std::string>(layer.features[0].attributes[0]), "حديقة");
  EXPECT_GT(layer.features[0].polygons.polygons.at(0).shell.size(), 20U);  // the circle is drawn with straight edges
  EXPECT_EQ(layer.geometry_types.at("Curve Polygon"), 1);
  EXPECT_TRUE(layer.warnings.empty());
  EXPECT_EQ(layer.crs, "");
  EXPECT_EQ(read_vector({path, "", {}, "", "", ""}).warnings.size(), 1U);  // which layer was meant
  expect_error(ErrorCode::contradiction, "access", [&] {
    read_vector({path, "شوارع", {}, "\"access\" = 'access'", "", ""});
  });
  const std::vector<LayerDescription> layers = describe_vector(path);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].name, "公园 parks");
  EXPECT_EQ(layers[0].geometry_type, "Curve Polygon");
  EXPECT_EQ(layers[0].features, 1);
  EXPECT_EQ(layers[0].fields, (std::vector<std::pair<std::string, std::string>>{{"名称 name", "String"}}));
}

TEST_F(VectorReader, ShapefilesInLatinLetters) {
  GDALAllRegister();
  const std::string path = folder_ / "bairros.shp";
  {
    CPLStringList options;
    options.AddString("ENCODING=ISO-8859-1");
    GDALDatasetUniquePtr file(
        GetGDALDriverManager()->GetDriverByName("ESRI Shapefile")->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    OGRLayer* layer = file->CreateLayer("bairros", nullptr, wkbPoint, options.List());
    OGRFieldDefn field("NOME", OFTString);
    ASSERT_EQ(layer->CreateField(&field), OGRERR_NONE);
    OGRFeature row(layer->GetLayerDefn());
    row.SetField(0, "São João");
    const OGRPoint point(1, 2);
    row.SetGeometry(&point);
    ASSERT_EQ(layer->CreateFeature(&row), OGRERR_NONE);
  }
  const VectorLayer layer = read_vector({path, "", {"nome"}, "", "", ""});  // the case of a name does not matter
  EXPECT_EQ(std::get<std::string>(layer.features[0].attributes[0]), "São João");
}

TEST_F(VectorReader, PointsOfACsv) {
  const std::string text = "id,lon,lat,n,note\n007,-34.5,-8,12,\"1,234\"\n008,,,3.5,\n";
  for (const char* name : {"p.csv", "points.txt"}) {
    const VectorLayer layer = read_vector({write(name, text), "", {"n", "note", "id"}, "", "lon", "lat"});
    ASSERT_EQ(layer.features.size(), 2U) << name;
    EXPECT_EQ(layer.features[0].points, (std::vector<Point>{{-34.5, -8}}));
    EXPECT_EQ(std::get<std::string>(layer.features[0].attributes[1]), "1,234");
    EXPECT_EQ(layer.null_geometries, 1);
    EXPECT_EQ(layer.columns, (std::vector<std::string>{"id", "lon", "lat", "n", "note"}));
  }
  const VectorLayer layer = read_vector({folder_ / "p.csv", "", {"n", "id"}, "", "lon", "lat"});
  EXPECT_EQ(std::get<double>(layer.features[0].attributes[0]), 12);          // the column holds 3.5 too
  EXPECT_EQ(std::get<std::string>(layer.features[0].attributes[1]), "007");  // an id keeps its zeros
  EXPECT_EQ(read_vector({folder_ / "p.csv", "", {}, "n > 4", "", ""}).features.size(), 1U);
  EXPECT_EQ(read_vector({folder_ / "p.csv", "", {"n"}, "", "", ""}).null_geometries, 0);  // a table has none to miss
  expect_error(ErrorCode::contradiction, "no column 'x'", [&] {
    read_vector({folder_ / "p.csv", "", {}, "", "x", "lat"});
  });
  expect_error(ErrorCode::contradiction, "only one of x and y", [&] {
    read_vector({folder_ / "p.csv", "", {}, "", "lon", ""});
  });
}

TEST_F(VectorReader, BrokenFiles) {
  const std::string square = collection(feature("{}", kSquare));
  for (const std::string& path : {write("text.gpkg", "no database"), write("empty.geojson", ""),
                                  write("cut.geojson", square.substr(0, square.size() / 2)), folder_ / "absent.shp",
                                  write("a.tif", "text"), std::string()}) {
    EXPECT_FALSE(is_vector(path)) << path;
    EXPECT_THROW(read_vector({path, "", {}, "", "", ""}), Error) << path;
    EXPECT_THROW(describe_vector(path), Error) << path;
  }
  EXPECT_TRUE(is_vector(write("good.geojson", square)));
  expect_error(ErrorCode::unreadable, "does not exist", [&] {
    read_vector({folder_ / "absent.shp", "", {}, "", "", ""});
  });
}

TEST_F(VectorReader, RealCities) {
  const std::string data = URBIOME_TEST_DATA;
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "VectorReader.RealCities needs the city data";
  EXPECT_EQ(read_vector({data + "/saomiguel_pt/concelhos.gpkg", "", {}, "", "", ""}).features.size(), 6U);

  const VectorLayer boundary =
      read_vector({data + "/freetown_sl/Freetown_Municipality_Boundary.shp", "", {}, "", "", ""});
  EXPECT_TRUE(boundary.features.at(0).polygons.empty());  // a line, whatever its name says
  EXPECT_EQ(boundary.geometry_types.count("Line String") + boundary.geometry_types.count("Multi Line String"), 1U);
  EXPECT_EQ(read_vector({data + "/freetown_sl/Planning_Area_12.shp", "", {}, "", "", ""}).null_geometries, 12);
  const VectorLayer wards =
      read_vector({data + "/freetown_sl/Western_Area_Urban_Wards.shp", "", {"SUM_Final_"}, "", "", ""});
  double people = 0;
  for (const Feature& ward : wards.features) {
    const Cell& cell = ward.attributes[0];
    people += std::holds_alternative<double>(cell) ? std::get<double>(cell)
                                                   : static_cast<double>(std::get<std::int64_t>(cell));
  }
  EXPECT_EQ(wards.features.size(), 48U);
  EXPECT_NEAR(people, 923182, 1);

  const VectorLayer districts =
      read_vector({data + "/yuexiu_cn/Yuexiu_subdistricts_proj.gpkg", "", {"name"}, "", "", ""});
  EXPECT_EQ(districts.features.size(), 29U);
  EXPECT_EQ(districts.empty_geometries, 2);
  EXPECT_EQ(districts.geometry_types.at("Multi Polygon"), 29);
  EXPECT_FALSE(districts.crs.empty());
  const VectorLayer green =
      read_vector({data + "/yuexiu_cn/Yuexiu_osm_green_proj.gpkg", "", {"name"}, "leisure = 'pitch'", "", ""});
  EXPECT_EQ(green.features.size(), 172U);
}

}  // namespace
}  // namespace urbiome
