#include "urbiome/run/population_sources.h"

#include <cmath>
#include <set>
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

// Columns of counts: all people, then each group that the input names.
struct CountColumns {
  std::vector<std::string> names;
  std::vector<std::size_t> places;  // among all and the groups
};

CountColumns count_columns(const PopulationInput& input, const std::vector<std::string>& groups) {
  CountColumns columns{{input.column}, {0}};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto found = input.group_columns.find(groups[g]);
    if (found == input.group_columns.end()) continue;
    columns.names.push_back(found->second);
    columns.places.push_back(g + 1);
  }
  return columns;
}

std::unordered_map<std::string, std::vector<Cell>> joined_counts(const PopulationInput& input,
                                                                 const CountColumns& columns) {
  std::unordered_map<std::string, std::vector<Cell>> counts;
  VectorRequest request{.path = input.table, .layer = {}, .columns = {input.key}, .where = {}, .x = {}, .y = {}};
  request.columns.insert(request.columns.end(), columns.names.begin(), columns.names.end());
  for (const Feature& row : read_vector(request).features)
    counts[text_of(row.attributes[0])] = {row.attributes.begin() + 1, row.attributes.end()};
  return counts;
}

void divide(std::vector<double>& people, std::size_t by) {
  for (double& count : people) count /= static_cast<double>(by);
}

// The counts of features, and what is to be said of them.
class Counts {
 public:
  Counts(const PopulationInput& input, const std::vector<std::string>& groups)
      : input_(input), groups_(groups), columns_(count_columns(input, groups)), missing_(groups.size() + 1, 0) {
    if (joins()) joined_ = joined_counts(input, columns_);
  }

  std::vector<std::string> columns() const { return joins() ? std::vector<std::string>{input_.key} : columns_.names; }

  std::vector<double> of(const Feature& feature) {
    const std::string where = fmt::format("feature {}", feature.fid);
    std::vector<Cell> none;
    const std::vector<Cell>* cells = &feature.attributes;
    if (joins()) {
      const auto found = joined_.find(text_of(feature.attributes[0]));
      none.resize(columns_.names.size());
      cells = found == joined_.end() ? &none : &found->second;
    }
    std::vector<double> people(groups_.size() + 1, 0);
    for (std::size_t i = 0; i < columns_.places.size(); ++i) {
      const std::size_t place = columns_.places[i];
      people[place] = checked_count(number_of((*cells)[i], input_.path, where, missing_[place]), input_.path, where);
    }
    ++rows_;
    for (std::size_t g = 1; g < people.size(); ++g) more_ += people[g] > people[0] * (1 + 1e-9) ? 1 : 0;
    return people;
  }

  void tell(AuditLog& audit) const {
    if (missing_[0] > 0)
      audit.warn(input_.path,
                 fmt::format("{} of {} rows have no number of people; they count as nobody", missing_[0], rows_));
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (missing_[g + 1] > 0)
        audit.warn(input_.path, fmt::format("{} of {} rows have no number for group {}; they count as nobody",
                                            missing_[g + 1], rows_, groups_[g]));
    }
    if (more_ > 0) audit.warn(input_.path, fmt::format("{} times a row has more people in a group than in all", more_));
  }

 private:
  bool joins() const { return !input_.table.empty(); }

  const PopulationInput& input_;
  const std::vector<std::string>& groups_;
  CountColumns columns_;
  std::unordered_map<std::string, std::vector<Cell>> joined_;
  std::vector<std::int64_t> missing_;
  std::int64_t rows_ = 0, more_ = 0;
};

PopulationSource from_features(const PopulationInput& input, const std::vector<std::string>& groups, AuditLog& audit) {
  Counts counts(input, groups);
  const VectorRequest request{
      .path = input.path, .layer = input.layer, .columns = counts.columns(), .where = {}, .x = input.x, .y = input.y};
  const VectorLayer layer = read_vector(request);
  for (const std::string& warning : layer.warnings) audit.warn(input.path, warning);
  PopulationSource source{crs_of(input.path, layer.crs, input.provenance.crs, "population"), {}};
  std::int64_t repaired_count = 0;
  for (const Feature& feature : layer.features) {
    std::vector<double> people = counts.of(feature);
    if (!feature.polygons.empty()) {
      Repair repair = repaired(feature.polygons);
      repaired_count += repair.changed ? 1 : 0;
      source.items.push_back({std::move(people), false, {}, std::move(repair.shape)});
    } else if (!feature.points.empty()) {
      divide(people, feature.points.size());
      for (const Point& point : feature.points) source.items.push_back({people, true, point, {}});
    } else {
      source.items.push_back({std::move(people), false, {}, {}});
    }
  }
  counts.tell(audit);
  if (repaired_count > 0)
    audit.warn(input.path, fmt::format("{} geometries of people were invalid and repaired", repaired_count));
  return source;
}

PopulationRaster read_counts(const std::string& path, int band, const std::string& crs, AuditLog& audit) {
  ValueRaster raster = read_values(path, std::max(band, 1));
  for (const std::string& warning : raster.info.warnings) audit.warn(path, warning);
  PopulationRaster result{crs_of(path, raster.info.crs, crs, "population"), raster.info.grid, std::move(raster.values)};
  const Grid& grid = result.grid;
  for (std::size_t i = 0; i < result.people.size(); ++i) {
    const double value = result.people[i];
    if (std::isnan(value) || (value >= 0 && value <= kMostPeople)) continue;
    const auto cell = static_cast<std::int64_t>(i);
    checked_count(value, path, fmt::format("row {}, column {}", cell / grid.width, cell % grid.width));
  }
  return result;
}

}  // namespace

MultiPolygon cell_shape(const Grid& grid, std::int64_t row, std::int64_t col) {
  const auto r = static_cast<double>(row), c = static_cast<double>(col);
  return rectangle({grid.x_of(c), grid.y_of(r + 1), grid.x_of(c + 1), grid.y_of(r)});
}

std::optional<PopulationRaster> read_population_raster(const PopulationInput& input, AuditLog& audit) {
  if (input.band <= 0 && !(input.column.empty() && is_raster(input.path))) return std::nullopt;
  PopulationRaster result = read_counts(input.path, input.band, input.provenance.crs, audit);
  const Grid& grid = result.grid;
  audit.note(input.path, fmt::format("counts in {} x {} cells of {:g} x {:g} map units", grid.width, grid.height,
                                     grid.dx, grid.dy));
  return result;
}

PopulationRaster read_group_raster(const PopulationInput& input, const std::string& group, AuditLog& audit) {
  const std::vector<BandInput>& bands = input.group_bands.at(group);
  PopulationRaster sum = read_counts(bands[0].path, bands[0].band, input.provenance.crs, audit);
  for (std::size_t b = 1; b < bands.size(); ++b) {
    const PopulationRaster more = read_counts(bands[b].path, bands[b].band, input.provenance.crs, audit);
    if (!same_grid(more.grid, sum.grid) || more.crs.wkt() != sum.crs.wkt()) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("group {}: {} is {}, {} is {}", group, bands[b].path, in_words(more.grid), bands[0].path,
                              in_words(sum.grid)),
                  "bands of one grid", "warp them to one (gdalwarp -r sum)");
    }
    for (std::size_t i = 0; i < sum.people.size(); ++i) {
      if (std::isnan(sum.people[i])) sum.people[i] = 0;
      if (!std::isnan(more.people[i])) sum.people[i] += more.people[i];
    }
  }
  return sum;
}

std::vector<std::string> group_names(const Recipe& recipe) {
  std::set<std::string> names;
  for (const PopulationInput& input : recipe.population) {
    for (const auto& [name, column] : input.group_columns) names.insert(name);
    for (const auto& [name, bands] : input.group_bands) names.insert(name);
  }
  return {names.begin(), names.end()};
}

void check_groups(const PopulationInput& input, std::span<const double> people, const std::vector<std::string>& groups,
                  AuditLog& audit) {
  constexpr double kRounding = 1e-3;  // published groups are rounded one by one
  double sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    sum += people[g + 1];
    if (people[g + 1] <= people[0] * (1 + kRounding)) continue;
    throw Error(ErrorCode::contradiction,
                fmt::format("population {}: group {} counts {} people, all together are {}", input.path, groups[g],
                            people_text(people[g + 1]), people_text(people[0])),
                "a part of the residents", "check its column or bands, and those of all residents");
  }
  if (sum > people[0] * (1 + kRounding)) {
    audit.warn(input.path, fmt::format("groups count {} people together, {} in all: right only where groups overlap "
                                       "(as sex and age do)",
                                       people_text(sum), people_text(people[0])));
  }
}

PopulationSource cells_of(const PopulationRaster& raster) {
  PopulationSource source{raster.crs, {}};
  for (std::int64_t row = 0; row < raster.grid.height; ++row) {
    for (std::int64_t col = 0; col < raster.grid.width; ++col) {
      const double people = raster.people[static_cast<std::size_t>(row * raster.grid.width + col)];
      if (std::isnan(people) || people == 0) continue;
      source.items.push_back({{people}, false, {}, cell_shape(raster.grid, row, col)});
    }
  }
  return source;
}

PopulationSource read_population(const PopulationInput& input, const std::vector<std::string>& groups,
                                 AuditLog& audit) {
  if (const auto raster = read_population_raster(input, audit)) return cells_of(*raster);
  if (input.column.empty()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("population {} is a vector layer and the recipe names no column", input.path),
                "column = the number of people", "add it to [[population]]");
  }
  return from_features(input, groups, audit);
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
