#include "urbiome/io/report_page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "io/scratch_folder.h"
#include "urbiome/io/map_writer.h"
#include "urbiome/io/tables.h"
#include "urbiome/io/zones_writer.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kColumns = {
    "city",    "scenario", "date",  "zone_level", "zone_id", "zone_name", "framework",   "indicator",
    "variant", "class",    "value", "unit",       "lower",   "upper",     "valid_share", "status",
    "method",  "group",    "topic", "score",      "label",   "evidence"};
const std::vector<std::string> kNames = {"<script>alert('zone')</script>",
                                         "=cmd|' /C calc'!A0",
                                         "../../etc/passwd",
                                         "حي السلام",
                                         "越秀区",
                                         "</script><img src=x onerror=alert(1)>",
                                         "{{{css}}} \"quoted\" & 'single'",
                                         "Alto da Sé"};

class FabricatedOutput {
 public:
  explicit FabricatedOutput(std::string folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_ + "/maps");
    results_ = {"results", kColumns, {}};
    city_rows();
    zone_rows();
    write_csv(folder_ + "/results.csv", results_);
    zones();
    classes();
    run();
  }

 private:
  void add(const std::string& level, const std::string& id, const std::string& name, const std::string& indicator,
           const std::string& variant, const std::string& code, const Cell& value, const std::string& unit,
           const Cell& lower = {}, const Cell& upper = {}, const std::string& status = "ok",
           const std::string& method = "") {
    std::vector<Cell> row(kColumns.size());
    const auto set = [&](const char* column, const Cell& cell) {
      row[static_cast<std::size_t>(results_.column(column))] = cell;
    };
    set("city", std::string("Olinda"));
    set("date", std::string("2021"));
    set("zone_level", level);
    set("zone_id", id);
    set("zone_name", name);
    set("indicator", indicator);
    set("variant", variant);
    set("class", code);
    set("value", value);
    set("unit", unit);
    set("lower", lower);
    set("upper", upper);
    set("valid_share", 0.987);
    set("status", status);
    set("method", method);
    set("evidence", std::string("implementation"));
    results_.rows.push_back(row);
  }

  void city_rows() {
    const auto city = [&](auto&&... rest) { add("city", "", "Olinda", rest...); };
    for (int i = 0; i < 6; ++i) city("class_area_m2", "", std::to_string(i * 10), 1.2e6 * std::pow(2.1, i), "m2");
    city("class_area_m2", "", "total", 9e7, "m2");
    city("public_green_blue_share", "gb_public/admin", "", 0.123456789012, "1", 0.1, 0.21, "ok",
         "bounds: unknown access");
    city("public_green_blue_share", "all_green_blue/admin", "", 0.412, "1");
    city("built_share", "", "", 0.25, "1");
    results_.rows.back()[static_cast<std::size_t>(results_.column("valid_share"))] = 0.99991;
    city("green_share", "", "", 0.3871, "1", 0.361, 0.413, "ok", "95% interval");
    city("people_near_green_share", "300m_1ha_edge", "", 0.6543, "1");
    city("green_per_resident_m2", "", "", 41.27, "m2 per person");
    city("residents", "", "", 377779.0, "people");
    city("effective_mesh_size_ha", "zone/cut", "", 112.75, "ha");
    city("blue_share", "", "", Cell{}, "1", Cell{}, Cell{}, "no_data");
    city("patch_count", "8", "", std::int64_t{1284}, "count");
  }

  void zone_rows() {
    for (std::size_t i = 0; i < 24; ++i) {
      const std::string name = i < kNames.size() ? kNames[i] : "Bairro " + std::to_string(i);
      const double value = 0.05 + 0.035 * static_cast<double>(i);
      const std::string id = i == 1 ? "=1" : std::to_string(i);
      const bool missing = i == 4;
      add("district", id, name, "green_share", "", "", missing ? Cell{} : Cell{value}, "1", Cell{}, Cell{},
          missing ? "no_data" : "ok");
      add("district", id, name, "public_green_blue_share", "gb_public/admin", "", 0.0, "1", 0.0, value / 2);
      add("district", id, name, "public_green_blue_share", "all_green_blue/admin", "", value, "1");
      add("district", id, name, "effective_mesh_size_ha", "zone/cut", "", 0.5 * static_cast<double>(i * i), "ha");
      for (const std::string variant : {"a", "b", "c", "d", "e"})
        add("district", id, name, "coherence", variant, "", value, "1");
      add("district", id, name, "residents", "", "", 1000.0 * static_cast<double>(i * i), "people");
      add("quarter", id, name, "green_share", "", "", 1 - value, "1");
    }
  }

  void zones() {
    ZoneFeatureTable table;
    table.crs = "EPSG:31985";
    table.columns = {{"green_share", "Green share"}};
    for (const std::string level : {"city", "district", "quarter"}) {
      for (std::size_t i = 0; i < (level == "city" ? 1U : 24U); ++i) {
        const double x = 290000 + 1000 * static_cast<double>(i % 6), y = 9120000 + 900 * static_cast<double>(i / 6);
        Ring ring;
        for (int k = 0; k <= 300; ++k) {
          const double angle = 2 * std::acos(-1.0) * (k % 300) / 300,
                       radius = 480 + 40 * std::sin(5 * angle + static_cast<double>(i));
          ring.push_back({x + radius * std::cos(angle), y + radius * std::sin(angle)});
        }
        MultiPolygon shape;
        if (i != 7) shape.polygons.push_back({ring, {}});
        table.rows.push_back({level,
                              i == 1 ? "=1" : std::to_string(i),
                              i < kNames.size() ? kNames[i] : "Bairro " + std::to_string(i),
                              shape,
                              {0.5}});
      }
    }
    write_zones_geopackage(folder_ + "/zones.gpkg", table, results_);
  }

  void classes() {
    std::vector<MapCategory> categories;
    const std::array<std::array<std::uint8_t, 3>, 6> colours = {
        {{250, 0, 0}, {240, 150, 255}, {255, 255, 76}, {0, 100, 200}, {255, 187, 34}, {0, 100, 0}}};
    for (std::uint8_t i = 0; i < 6; ++i) categories.push_back({i, "Class <" + std::to_string(i) + ">", colours[i]});
    write_category_map(
        folder_ + "/maps/classes.tif", Grid{289000, 9123500, 5, 5, 1400, 1100}, "EPSG:31985", 255, categories,
        [](std::int64_t first, std::int64_t rows, std::span<std::uint8_t> out) {
          for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t c = 0; c < 1400; ++c) {
              const double wave = std::sin(static_cast<double>(c) / 90) + std::cos(static_cast<double>(first + r) / 70);
              out[static_cast<std::size_t>(r * 1400 + c)] = c < 30 ? 255 : static_cast<std::uint8_t>((wave + 2) * 1.49);
            }
          }
        });
  }

  void run() {
    Json json =
        Json::parse(R"({"urbiome":{"version":"0.1.0"},"city":{"name":"Olinda <b>&</b> São João","country":"Brazil"},
      "finished":"2024-05-06T07:08:09Z","recipe_file":"/secret/place/city.toml","parameters":{"near_distance_m":300,"measure":"edge","water_is_natural":false},
      "inputs":[{"use":"land_cover","path":"/secret/place/cover.tif","bytes":12345678,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                 "crs":"EPSG:31985","legend":"worldcover","source":"ESA WorldCover","licence":"CC BY 4.0","attribution":"© ESA WorldCover project","date":"2021"},
                {"use":"population","path":"people.gpkg","bytes":100},{"use":"population table","path":"/secret/data/people.csv"}],
      "phases":[{"phase":1,"kind":"tally","facts":["class_areas","people"],"seconds":0.1234,"peak_memory_mib":88.5}],
      "audit":[{"severity":"note","subject":"zones","message":"3 zones lie partly outside the land cover."},
               {"severity":"warning","subject":"<img src=x onerror=alert(2)>","message":"The land cover is three years older than the census."},
               {"severity":"warning","subject":"/secret/place/cover.tif","message":"differs from /secret/place/old/cover.tif and /secret/data/people.csv."}],
      "attributions":["© ESA WorldCover project"],
      "classes":[],"indicators":[]})");
    for (int i = 0; i < 6; ++i) {
      json["classes"].push_back({{"code", std::to_string(i * 10)},
                                 {"name", "Class <" + std::to_string(i) + ">"},
                                 {"colour", i == 2   ? "red;background:url(http://x)"
                                            : i == 3 ? "#0064c8"
                                                     : "#0a640a"}});
    }
    for (const std::string id : {"green_share", "public_green_blue_share", "residents"}) {
      json["indicators"].push_back({{"id", id},
                                    {"title", id == "residents"     ? "Residents"
                                              : id == "green_share" ? "Green share"
                                                                    : "Public green and blue share"},
                                    {"unit", "1"},
                                    {"definition", "Area of green cells divided by the known area of the zone."},
                                    {"needs", "land cover with a green role"},
                                    {"evidence", "official"},
                                    {"source", "UNI 1.1"}});
    }
    write_json(folder_ + "/run.json", json);
  }

  std::string folder_;
  Table results_;
};

// URBIOME_KEEP_REPORT=<folder> keeps the page to look at.
std::string fabricate(const ScratchFolder& scratch) {
  const char* keep = std::getenv("URBIOME_KEEP_REPORT");
  const std::string folder = keep != nullptr ? std::string(keep) : scratch / "out";
  const FabricatedOutput output(folder);
  return folder;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ReportPage, TellsWhatTheFolderHolds) {
  const ScratchFolder scratch;
  const std::string folder = fabricate(scratch);
  write_report(folder);
  const std::string page = bytes_of(folder + "/report.html");
  for (const char* part : {"<html lang=\"en\">",
                           ">12.3%<",
                           "title=\"0.123456789012 (share, 0 to 1)\"",
                           "Between 10.0% and 21.0%",
                           "95% interval: 36.1% to 41.3%",
                           ">377,779<",
                           "41.27 m² per person",
                           "112.8 ha",
                           ">65.4%<",
                           "No data given",
                           "1,284",
                           "越秀区",
                           "حي السلام",
                           "data:image/png;base64,",
                           "ESA WorldCover · CC BY 4.0",
                           "12.3 MB",
                           "Class areas, People",
                           "three years older",
                           "near_distance_m",
                           ">120.0 ha<",
                           ">4,900.9 ha<",
                           ">10.0–21.0%<",
                           ">98.7%<",
                           "&gt;99.9%<",
                           "Green or blue share, whoever owns it",
                           "<bdi>cover.tif</bdi></strong>",
                           "differs from old/cover.tif and people.csv.",
                           "District, figures 1 to 5 of 10",
                           "District, figures 6 to 10 of 10",
                           "<em>unverified</em> is drawn from the literature",
                           ">EPSG:31985</td>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(count(page, "class=\"zone\""), 46U) << "two levels of 24 zones, one of which has no shape";
  EXPECT_EQ(count(page, "display=\"none\""), 23U) << "only the first level is shown";
  EXPECT_LT(page.size(), 600000U);
  EXPECT_EQ(page.find("/secret/"), std::string::npos) << "folders of the machine stay private";
}

TEST(ReportPage, OpensOnWhatDiffersAndKeepsOnePrecisionAColumn) {
  const ScratchFolder scratch;
  const std::string folder = fabricate(scratch);
  write_report(folder);
  const std::string page = bytes_of(folder + "/report.html");
  EXPECT_NE(page.find("<span id=\"view-measure\">Green share</span>"), std::string::npos)
      << "the public share is 0 in every zone";
  const std::size_t begin = page.find("id=\"report-data\">"), end = page.find("</script>", begin);
  const Json data = Json::parse(page.substr(begin + 17, end - begin - 17));
  EXPECT_EQ(data["opening"], 1);
  EXPECT_EQ(data["measures"][1]["title"], "Green share");
  for (const char* hectares : {">264.5 ha<", ">12.5 ha<", ">0.5 ha<", ">0.0 ha<"})
    EXPECT_NE(page.find(hectares), std::string::npos) << hectares;
}

TEST(ReportPage, HostileNamesAreShownAndNeverRun) {
  const ScratchFolder scratch;
  const std::string folder = fabricate(scratch);
  write_report(folder);
  const std::string page = bytes_of(folder + "/report.html");
  EXPECT_EQ(count(page, "<script"), 3U + count(bytes_of("/usr/share/javascript/d3/d3.min.js"), "<script"));
  EXPECT_EQ(count(page, "</script>"), 3U);
  EXPECT_EQ(page.find("<img src=x"), std::string::npos);
  EXPECT_EQ(page.find("url(http"), std::string::npos);
  EXPECT_EQ(page.find("<b>&"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(&apos;zone&apos;)"), std::string::npos);
  EXPECT_NE(page.find("=cmd|"), std::string::npos);
  EXPECT_EQ(page.find("&apos;=cmd"), std::string::npos) << "the csv's apostrophe is taken off again";
  const std::size_t begin = page.find("id=\"report-data\">"), end = page.find("</script>", begin);
  const Json data = Json::parse(page.substr(begin + 17, end - begin - 17));
  EXPECT_EQ(data["zones"][1], kNames[0]);
  EXPECT_EQ(data["zones"][6], kNames[5]);
}

TEST(ReportPage, SaysWhichFileIsMissing) {
  const ScratchFolder scratch;
  expect_error(ErrorCode::unreadable, "not a folder", [&] { write_report(scratch / "none"); });
  const FabricatedOutput output(scratch / "out");
  for (const std::string name : {"results.csv", "run.json", "zones.gpkg", "maps/classes.tif"}) {
    fs::rename(scratch / ("out/" + name), scratch / "aside");
    expect_error(ErrorCode::unreadable, "lacks " + name, [&] { write_report(scratch / "out"); });
    fs::rename(scratch / "aside", scratch / ("out/" + name));
  }
}

TEST(ReportPage, LeavesOutWhatRunJsonLacks) {
  const ScratchFolder scratch;
  const FabricatedOutput output(scratch / "out");
  for (
      const std::string text :
      {"{}", "[]",
       R"({"city":7,"inputs":{"a":1},"phases":[3,null],"audit":["x"],"classes":5,"indicators":{"id":[]},"parameters":[]})"}) {
    put_bytes(scratch / "out/run.json", text);
    write_report(scratch / "out");
    const std::string page = bytes_of(scratch / "out/report.html");
    EXPECT_NE(page.find("This city"), std::string::npos);
    EXPECT_EQ(page.find("id=\"definitions\""), std::string::npos);
  }
  put_bytes(scratch / "out/run.json", R"({"inputs":[{"use":"population","path":"p.csv"}]})");
  fs::remove(scratch / "out/maps/classes.tif");
  write_report(scratch / "out");  // people alone: no land cover, no map of classes
  EXPECT_EQ(bytes_of(scratch / "out/report.html").find("data:image/png"), std::string::npos);
}

TEST(ReportPage, BrokenFilesAreErrors) {
  const ScratchFolder scratch;
  const FabricatedOutput output(scratch / "out");
  const std::string good = bytes_of(scratch / "out/results.csv");
  put_bytes(scratch / "out/results.csv", "a,b\n1,2\n");
  expect_error(ErrorCode::unreadable, "no column", [&] { write_report(scratch / "out"); });
  put_bytes(scratch / "out/results.csv", good + "Olinda,,,city,,,,green_share,,,many,1,,,,ok,,,,,,\n");
  expect_error(ErrorCode::unreadable, "many", [&] { write_report(scratch / "out"); });
  put_bytes(scratch / "out/results.csv", good);
  put_bytes(scratch / "out/zones.gpkg", "SQLite format 3");
  EXPECT_THROW(write_report(scratch / "out"), Error);
  EXPECT_FALSE(fs::exists(scratch / "out/report.html"));
}

TEST(ReportPage, GivesTheSameBytesAgain) {
  const ScratchFolder scratch;
  const FabricatedOutput output(scratch / "out");
  write_report(scratch / "out");
  const std::string first = bytes_of(scratch / "out/report.html");
  write_report(scratch / "out");
  EXPECT_TRUE(first == bytes_of(scratch / "out/report.html"));
}

}  // namespace
}  // namespace urbiome
