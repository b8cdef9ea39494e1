#include "urbiome/run/population_sources.h"

#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kMostPeople = 1e10;  // more than live on Earth: a mistake, and sums would overflow

double checked_count(double value, const std::string& path, const std::string& where) {
  if (std::isfinite(value) && value >= 0 && value <= kMostPeople) return value;
  throw Error(ErrorCode::contradiction, fmt::format("population {} has {} people at {}", path, value, where),
              "counts from 0 to 1e10", "declare the value as nodata, or correct it");
}

double number_of(const Cell& cell, const std::string& path, const std::string& where, std::int64_t& missing) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* text = std::get_if<std::string>(&cell); text != nullptr && !text->empty()) {
    std::size_t used = 0;
    double value = 0;
    try {
      value = std::stod(*text, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == text->size()) return value;
    throw Error(ErrorCode::contradiction, fmt::format("population {} has \"{}\" at {}", path, *text, where),
                "a number of people", "clean the column");
  }
  ++missing;
  return 0;
}

std::unordered_map<std::string, Cell> joined_counts(const PopulationInput& input) {
  std::unordered_map<std::string, Cell> counts;
  const VectorRequest request{
      .path = input.table, .layer = {}, .columns = {input.key, input.column}, .where = {}, .x = {}, .y = {}};
  for (const Feature& row : read_vector(request).features) counts[text_of(row.attributes[0])] = row.attributes[1];
  return counts;
}

PopulationSource from_features(const PopulationInput& input, AuditLog& audit) {
  const bool join = !input.table.empty();
  const VectorRequest request{.path = input.path,
                              .layer = input.layer,
                              .columns = {join ? input.key : input.column},
                              .where = {},
                              .x = input.x,
                              .y = input.y};
  const VectorLayer layer = read_vector(request);
  for (const std::string& warning : layer.warnings) audit.warn(input.path, warning);
  PopulationSource source{crs_of(input.path, layer.crs, input.provenance.crs, "population"), {}};
  const auto counts = join ? joined_counts(input) : std::unordered_map<std::string, Cell>{};
  std::int64_t missing = 0, repaired_count = 0;
  for (const Feature& feature : layer.features) {
    const std::string where = fmt::format("feature {}", feature.fid);
    Cell cell = feature.attributes[0];
    if (join) {
      const auto found = counts.find(text_of(cell));
      cell = found == counts.end() ? Cell{} : found->second;
    }
    const double people = checked_count(number_of(cell, input.path, where, missing), input.path, where);
    if (!feature.polygons.empty()) {
      Repair repair = repaired(feature.polygons);
      repaired_count += repair.changed ? 1 : 0;
      source.items.push_back({people, false, {}, std::move(repair.shape)});
    } else if (!feature.points.empty()) {
      for (const Point& point : feature.points)
        source.items.push_back({people / static_cast<double>(feature.points.size()), true, point, {}});
    } else {
      source.items.push_back({people, false, {}, {}});
    }
  }
  if (missing > 0)
    audit.warn(input.path, fmt::format("{} of {} rows have no number of people; they count as nobody", missing,
                                       layer.features.size()));
  if (repaired_count > 0)
    audit.warn(input.path, fmt::format("{} geometries of people were invalid and repaired", repaired_count));
  return source;
}

}  // namespace

MultiPolygon cell_shape(const Grid& grid, std::int64_t row, std::int64_t col) {
  const auto r = static_cast<double>(row), c = static_cast<double>(col);
  return rectangle({grid.x_of(c), grid.y_of(r + 1), grid.x_of(c + 1), grid.y_of(r)});
}

std::optional<PopulationRaster> read_population_raster(const PopulationInput& input, AuditLog& audit) {
  if (input.band <= 0 && !(input.column.empty() && is_raster(input.path))) return std::nullopt;
  ValueRaster raster = read_values(input.path, std::max(input.band, 1));
  for (const std::string& warning : raster.info.warnings) audit.warn(input.path, warning);
  PopulationRaster result{crs_of(input.path, raster.info.crs, input.provenance.crs, "population"), raster.info.grid,
                          std::move(raster.values)};
  const Grid& grid = result.grid;
  audit.note(input.path, fmt::format("counts in {} x {} cells of {:g} x {:g} map units", grid.width, grid.height,
                                     grid.dx, grid.dy));
  for (std::size_t i = 0; i < result.people.size(); ++i) {
    const double value = result.people[i];
    if (std::isnan(value) || (value >= 0 && value <= kMostPeople)) continue;
    const auto cell = static_cast<std::int64_t>(i);
    checked_count(value, input.path, fmt::format("row {}, column {}", cell / grid.width, cell % grid.width));
  }
  return result;
}

PopulationSource cells_of(const PopulationRaster& raster) {
  PopulationSource source{raster.crs, {}};
  for (std::int64_t row = 0; row < raster.grid.height; ++row) {
    for (std::int64_t col = 0; col < raster.grid.width; ++col) {
      const double people = raster.people[static_cast<std::size_t>(row * raster.grid.width + col)];
      if (std::isnan(people) || people == 0) continue;
      source.items.push_back({people, false, {}, cell_shape(raster.grid, row, col)});
    }
  }
  return source;
}

PopulationSource read_population(const PopulationInput& input, AuditLog& audit) {
  if (const auto raster = read_population_raster(input, audit)) return cells_of(*raster);
  if (input.column.empty()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("population {} is a vector layer and the recipe names no column", input.path),
                "column = the number of people", "add it to [[population]]");
  }
  return from_features(input, audit);
}

std::string people_text(double people) {
  return people >= 100 || people == 0 ? fmt::format("{:.0f}", people) : fmt::format("{:.3g}", people);
}

void report_people(const PeopleAccount& account, const std::string& inside, const std::string& outside,
                   AuditLog& audit) {
  const std::string sums = fmt::format("{} people in all: {} {}, {} {}", people_text(account.total),
                                       people_text(account.placed), inside, people_text(account.outside), outside);
  if (account.outside > 1e-9 * std::max(account.total, 1.0)) {
    audit.warn(account.path, sums);
  } else {
    audit.note(account.path, sums);
  }
}

void warn_of_several(const Recipe& recipe, AuditLog& audit) {
  if (recipe.population.size() < 2) return;
  audit.warn(recipe.file, fmt::format("{} populations are added up: right only when they count different people",
                                      recipe.population.size()));
}

}  // namespace urbiome
