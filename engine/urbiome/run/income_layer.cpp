#include "urbiome/run/income_layer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace urbiome {
namespace {

constexpr double kBorder = 1e-3;  // an overlap of less is a border drawn twice

struct IncomeGround {
  MultiPolygon shape;
  Box box;
  double area, income;
};

std::optional<double> number_of(const Cell& cell) {
  std::optional<double> number;
  if (const auto* real = std::get_if<double>(&cell)) number = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) number = static_cast<double>(*whole);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> income_of(const Zone& zone, const std::vector<IncomeGround>& grounds) {
  const Box box = bounds(zone.shape);
  const double whole = planar_area(zone.shape);
  double area = 0, sum = 0, least = INFINITY, most = -INFINITY;
  for (const IncomeGround& ground : grounds) {
    if (!ground.box.intersects(box)) continue;
    const double part = planar_area(intersection_of(zone.shape, ground.shape));
    if (part <= kBorder * std::min(whole, ground.area)) continue;
    area += part;
    sum += part * ground.income;
    least = std::min(least, ground.income);
    most = std::max(most, ground.income);
  }
  if (area <= 0) return std::nullopt;
  return std::clamp(sum / area, least, most);  // one income: that one, to the last digit
}

}  // namespace

std::vector<std::optional<double>> zone_incomes(const NamedLayerInput& input, const Landscape& landscape,
                                                const Crs& crs, Executor& executor, AuditLog& audit) {
  if (input.band > 0) {
    audit.warn(input.path, "income from a raster is not used by this version: zones are not ranked");
    return {};
  }
  if (input.column.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("layer income ({}) names no column", input.path),
                "polygons with a column of incomes", "add column = \"...\"");
  }
  const PolygonLayer layer = read_polygons(
      {.path = input.path, .layer = input.layer, .columns = {input.column}, .where = input.where, .x = {}, .y = {}},
      input.provenance.crs, "layer income", audit);
  note_transformation(input.path, layer.crs, crs, audit);
  const Transformer transformer(layer.crs, crs);
  std::vector<IncomeGround> grounds;
  for (const Feature& feature : layer.features) {
    const std::optional<double> income = number_of(feature.attributes[0]);
    if (!income) continue;
    MultiPolygon shape = on_grid(feature.polygons, transformer, crs, landscape.grid());
    grounds.push_back({shape, bounds(shape), planar_area(shape), *income});
  }
  if (grounds.empty()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("layer income ({}): column {} holds no number", input.path, input.column),
                "incomes as numbers", "check the column (urbiome audit)");
  }
  if (grounds.size() < layer.features.size()) {
    audit.warn(input.path, fmt::format("{} of {} polygons have no number for {}: they are left out",
                                       layer.features.size() - grounds.size(), layer.features.size(), input.column));
  }
  std::vector<std::optional<double>> incomes(landscape.zones.size());
  executor.items(static_cast<std::int64_t>(incomes.size()) - 1, "incomes of zones", [&](std::int64_t i) {
    const auto zone = static_cast<std::size_t>(i) + 1;  // not the city
    incomes[zone] = income_of(landscape.zones[zone], grounds);
  });
  return incomes;
}

}  // namespace urbiome
