#include "urbiome/run/raster_layer.h"

#include <algorithm>

#include <fmt/format.h>

#include "urbiome/run/distances.h"

namespace urbiome {

std::optional<Crs> optional_crs(const std::string& path, const std::string& file_crs, const std::string& override_crs,
                                AuditLog& audit) {
  if (!override_crs.empty()) return Crs::parse(override_crs);
  if (!file_crs.empty()) return Crs::parse(file_crs);
  audit.warn(path, "names no coordinate reference system; its unit is taken as the metre; name it with --crs");
  return std::nullopt;
}

void warn_of_one_crs(const std::string& layer_path, bool layer_has_crs, const std::optional<Crs>& raster_crs,
                     AuditLog& audit) {
  if (layer_has_crs == raster_crs.has_value()) return;
  audit.warn(layer_path, raster_crs ? "names no coordinate reference system; the raster's is taken"
                                    : "is taken to be in the coordinates of the raster, which names no CRS");
}

void require_same_grid(const GridOfFile& one, const GridOfFile& other, const std::string& remedy) {
  if (!same_grid(one.grid, other.grid)) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} and {} lie on different grids: {}; {}", one.path, other.path, in_words(one.grid),
                            in_words(other.grid)),
                "one grid", remedy);
  }
  if (!one.crs || !other.crs || one.crs->same_as(*other.crs)) return;
  throw Error(ErrorCode::contradiction, fmt::format("{} is in {}", other.path, other.crs->name()),
              fmt::format("the CRS of {}, {}", one.path, one.crs->name()), "warp it to that (gdalwarp -t_srs)");
}

ClassLayer open_classes(const RasterRequest& request, AuditLog& audit) {
  LandCoverInput input;
  input.path = request.path;
  input.band = request.band;
  input.legend = request.legend;
  input.unlisted_is_unknown = request.unlisted_is_unknown;
  LandCoverRaster raster = open_land_cover(
      input, false,
      {"give --unlisted-unknown", "give a raster of class codes; raster zonal and raster window take values"});
  for (const std::string& warning : raster.info.warnings) audit.warn(request.path, warning);
  std::optional<Crs> crs = optional_crs(request.path, raster.info.crs, request.crs, audit);
  return {std::move(raster.info), std::move(raster.legend), std::move(raster.source), std::move(crs)};
}

namespace {

ClassSet with_role(const ClassLayer& layer, const std::string& name, const std::string& legend) {
  const std::optional<Role> role = role_named(name);
  if (!role) {
    throw Error(ErrorCode::usage, fmt::format("--role {} is no role", name),
                "green, blue, built, natural, vegetated or canopy");
  }
  if (legend.empty()) {
    throw Error(ErrorCode::usage, fmt::format("--role {} has no legend to look it up in", name), "--legend",
                "name a shipped legend or a csv file, or give codes with --classes");
  }
  const auto& classes = layer.source->classes();
  ClassSet members{};
  for (std::size_t i = 0; i < classes.size(); ++i)
    members[i] = classes[i].missing == Missing::no && classes[i].roles.has(*role);
  return members;
}

ClassSet with_codes(const ClassLayer& layer, const std::vector<std::string>& codes) {
  const auto& classes = layer.source->classes();
  ClassSet members{};
  for (const std::string& code : codes) {
    const auto found =
        std::find_if(classes.begin(), classes.end(), [&](const LegendClass& entry) { return entry.code == code; });
    if (found == classes.end()) {
      std::vector<std::string> known;
      for (const LegendClass& entry : classes) {
        if (!entry.code.empty() && entry.missing == Missing::no) known.push_back(entry.code);
      }
      constexpr std::size_t kShown = 12;
      const bool more = known.size() > kShown;
      known.resize(std::min(known.size(), kShown));
      throw Error(ErrorCode::usage, fmt::format("--classes {}: {} has no such class", code, layer.info.path),
                  fmt::format("one of {}{}", fmt::join(known, ", "), more ? " ..." : ""));
    }
    if (found->missing != Missing::no) {
      throw Error(
          ErrorCode::usage,
          fmt::format("--classes {}: in {} this stands for cells of which nothing is known", code, layer.info.path),
          "classes that mean something", "leave it out");
    }
    members[static_cast<std::size_t>(found - classes.begin())] = true;
  }
  return members;
}

}  // namespace

ClassSet members_of(const ClassLayer& layer, const ClassChoice& choice) {
  if (choice.codes.empty() == choice.role.empty()) {
    throw Error(ErrorCode::usage, choice.empty() ? "no cells were chosen" : "both --classes and --role were given",
                "one of --classes and --role");
  }
  return choice.role.empty() ? with_codes(layer, choice.codes) : with_role(layer, choice.role, layer.legend.id);
}

ValuesLayer open_value_layer(const std::string& path, int band, const std::string& crs_override, AuditLog& audit) {
  ValueLayer layer = open_values(path, band);
  for (const std::string& warning : layer.info.warnings) audit.warn(path, warning);
  std::optional<Crs> crs = optional_crs(path, layer.info.crs, crs_override, audit);
  return {std::move(layer.info), std::move(layer.source), std::move(crs)};
}

CellAreas areas_of(const Grid& grid, const std::optional<Crs>& crs) {
  return crs ? make_cell_areas(grid, *crs) : planar_cell_areas(grid);
}

CellAreaRows area_rows_of(const Grid& grid, const std::optional<Crs>& crs) {
  return crs ? CellAreaRows(grid, *crs) : CellAreaRows(planar_cell_areas(grid));
}

GridMetric metric_of(const Grid& grid, const std::optional<Crs>& crs, const std::string& path) {
  if (!crs) return GridMetric::planar(grid, 1);
  check_scale(*crs, box_of(grid), path);
  return metric_on(grid, *crs);
}

}  // namespace urbiome
