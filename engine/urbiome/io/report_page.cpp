#include "urbiome/io/report_page.h"

#include <filesystem>

#include "report_files.h"
#include "report_script.h"
#include "urbiome/base/error.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

std::string embedded(std::span<const EmbeddedFile> files, std::string_view path) {
  const EmbeddedFile* file = find_embedded(files, path);
  if (file == nullptr) throw Error(ErrorCode::internal, "the program lacks its file " + std::string(path));
  return std::string(file->content);
}

std::string require(const fs::path& folder, const char* name) {
  const fs::path path = folder / name;
  std::error_code problem;
  if (fs::is_regular_file(path, problem)) return path.string();
  throw Error(ErrorCode::unreadable, folder.string() + " lacks " + name, "an output folder of urbiome assess",
              "run the assessment again");
}

bool used_land_cover(const Json& run) {
  const Json& inputs = json_field(run, "inputs");
  if (!inputs.is_array() || inputs.empty()) return true;
  for (const Json& input : inputs) {
    if (json_text(input, "use").rfind("land_cover", 0) == 0) return true;
  }
  return false;
}

std::string render(TemplateData& page) {
  const std::span<const EmbeddedFile> files = report_files();
  page.set("css", embedded(files, "report.css"));
  page.set("script", embedded(files, "report.js"));
  page.set("lorenz_script", embedded(files, "lorenz.js"));
  page.set("d3", embedded(report_script(), "d3.min.js"));
  kainjow::mustache::mustache form(embedded(files, "template.mustache"));
  if (!form.is_valid()) throw Error(ErrorCode::internal, "the report's template is broken: " + form.error_message());
  return form.render(page);
}

}  // namespace

void write_report(const std::string& folder_name) {
  const fs::path folder(folder_name);
  std::error_code problem;
  if (!fs::is_directory(folder, problem)) {
    throw Error(ErrorCode::unreadable, folder_name + " is not a folder", "an output folder of urbiome assess",
                "check the path");
  }
  const Json run = read_json(require(folder, "run.json"));
  const ReportRows rows(read_result_rows(require(folder, "results.csv")));
  const ZoneDrawing drawing = draw_zones(require(folder, "zones.gpkg"));
  ClassPicture picture;
  const bool has_classes = fs::exists(folder / "maps/classes.tif", problem);
  if (has_classes || used_land_cover(run)) picture = draw_classes(require(folder, "maps/classes.tif"));

  ClassPicture access;
  if (fs::exists(folder / "maps/access.tif", problem)) access = draw_classes((folder / "maps/access.tif").string());

  const ReportViews views = make_views(rows, drawing, json_field(run, "indicators"));
  TemplateData page;
  add_run_sections(page, run);
  add_cards(page, rows, run);
  add_zone_map(page, rows, drawing, views);
  add_classes(page, rows, run, picture);
  std::vector<ReportCurve> curves;
  if (fs::exists(folder / "lorenz.csv", problem)) curves = read_lorenz_curves((folder / "lorenz.csv").string());
  add_lorenz(page, rows, curves);
  page.set("has_script", !views.views.empty() || !curves.empty());
  add_access(page, rows, run, access);
  add_city_table(page, rows, run);
  add_zone_tables(page, rows, drawing, views);

  OutputFile file((folder / "report.html").string(), true);
  FileWriter writer(file.staging());
  writer.write(render(page));
  writer.close();
  file.commit();
}

}  // namespace urbiome
