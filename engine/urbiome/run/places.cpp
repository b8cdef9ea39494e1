#include "urbiome/run/places.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

std::optional<double> amount_of(const Cell& cell, const PlacesRequest& request, const std::string& column,
                                const std::string& id) {
  if (std::holds_alternative<std::monostate>(cell)) return {};
  double amount = -1;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) amount = static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&cell)) amount = *number;
  if (amount >= 0 && std::isfinite(amount)) return amount;
  throw Error(ErrorCode::contradiction, fmt::format("{}: {} of {} is '{}'", request.path, column, id, text_of(cell)),
              "a number that is not negative", "correct it, or leave it empty where it is not known");
}

// A geometry in the plane; false where a part of it lies nowhere.
bool place_in(const PlaneTransformer& in, Feature& feature, Place& place) {
  bool whole = true;
  for (const Point& point : feature.points) {
    const auto found = in.find(point);
    if (found)
      place.points.push_back(*found);
    else
      whole = false;
  }
  if (feature.polygons.empty()) return whole;
  try {
    place.polygons = repaired(in.transform(feature.polygons)).shape;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::contradiction) throw;
    return false;
  }
  return whole;
}

VectorRequest vector_request(const PlacesRequest& request) {
  return {.path = request.path, .layer = request.layer, .columns = {}, .where = {}, .x = request.x, .y = request.y};
}

// Coordinates of a csv are longitudes and latitudes unless something else is said.
Crs crs_of_places(const PlacesRequest& request, const VectorLayer& layer) {
  const std::string own = layer.crs.empty() && !request.x.empty() ? "EPSG:4326" : layer.crs;
  return crs_of(request.path, own, request.crs, "the layer", request.say_crs);
}

}  // namespace

LocalPlane plane_of(const PlacesRequest& request) {
  const VectorLayer layer = read_vector(vector_request(request));
  const Crs crs = crs_of_places(request, layer), geographic = crs.geographic();
  const Transformer to_geographic(crs, geographic);
  std::vector<Point> sample;
  const auto add = [&](const Point& point) {
    if (const auto lonlat = to_geographic.find(point)) sample.push_back(*lonlat);
  };
  for (const Feature& feature : layer.features) {
    for (const Point& point : feature.points) add(point);
    for (const Polygon& polygon : feature.polygons.polygons) add(polygon.shell.front());
  }
  if (sample.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} holds no points or polygons in {}", request.path, crs.name()),
                "places to walk to");
  }
  return {geographic, middle_of(sample)};
}

std::vector<Place> read_places(const PlacesRequest& request, const LocalPlane& plane, AuditLog& audit) {
  VectorRequest vector = vector_request(request);
  if (!request.id.empty()) vector.columns.push_back(request.id);
  const std::size_t first_number = vector.columns.size();
  if (!request.amount.empty()) vector.columns.push_back(request.amount);
  vector.columns.insert(vector.columns.end(), request.more.begin(), request.more.end());
  const std::size_t numbers_end = vector.columns.size();
  if (!request.label.empty()) vector.columns.push_back(request.label);
  VectorLayer layer = read_vector(vector);
  for (const std::string& warning : layer.warnings) audit.warn(request.path, warning);
  const PlaneTransformer in(crs_of_places(request, layer), plane);
  std::vector<Place> places;
  std::int64_t nowhere = 0, lines = 0;
  for (Feature& feature : layer.features) {
    if (places.size() % 1024 == 0) stop_if_cancelled();
    Place& place = places.emplace_back();
    place.id = request.id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    if (!request.label.empty()) place.label = text_of(feature.attributes.back());
    for (std::size_t i = first_number; i < numbers_end; ++i) {
      const std::optional<double> number = amount_of(feature.attributes[i], request, vector.columns[i], place.id);
      if (i == first_number && !request.amount.empty())
        place.amount = number;
      else
        place.more.push_back(number);
    }
    if (!place_in(in, feature, place)) ++nowhere;
    lines += static_cast<std::int64_t>(feature.lines.size());
  }
  if (nowhere > 0) audit.warn(request.path, fmt::format("{} places lie in part nowhere in their system", nowhere));
  if (lines > 0) audit.warn(request.path, fmt::format("{} lines are no places and are left out", lines));
  return places;
}

std::vector<Place> read_cells(const std::string& path, int band, const std::string& crs, const LocalPlane& plane,
                              AuditLog& audit) {
  const ValueLayer layer = open_values(path, band);
  const PlaneTransformer in(crs_of(path, layer.info.crs, crs, "the raster", PlacesRequest{}.say_crs), plane);
  const Grid& grid = layer.source->grid();
  const std::int64_t rows = std::clamp<std::int64_t>(layer.source->block_rows(), 1, grid.height);
  const auto reader = layer.source->open();
  std::vector<double> counts;
  std::vector<Place> places;
  std::int64_t nowhere = 0;
  for (std::int64_t row = 0; row < grid.height; row += rows) {
    stop_if_cancelled();
    const Window window = intersection({row, 0, rows, grid.width}, whole(grid));
    counts.resize(static_cast<std::size_t>(window.cells()));
    reader->read(window, counts);
    for (std::int64_t i = 0; i < window.cells(); ++i) {
      const double count = counts[static_cast<std::size_t>(i)];
      if (std::isnan(count) || count == 0) continue;
      const std::int64_t cell = row * grid.width + i, col = i % grid.width;
      if (!(count > 0 && std::isfinite(count))) {
        throw Error(
            ErrorCode::contradiction,
            fmt::format("{}: the cell at row {}, column {} holds {} people", path, row + i / grid.width, col, count),
            "a count that is not negative", "declare it as nodata (gdal_edit.py -a_nodata)");
      }
      const Point centre{grid.x_of(static_cast<double>(col) + 0.5),
                         grid.y_of(static_cast<double>(row + i / grid.width) + 0.5)};
      const std::optional<Point> point = in.find(centre);
      nowhere += point ? 0 : 1;
      places.push_back({std::to_string(cell), point ? std::vector<Point>{*point} : std::vector<Point>{}, {}, count});
    }
  }
  if (nowhere > 0) audit.warn(path, fmt::format("{} cells lie nowhere in their system", nowhere));
  return places;
}

}  // namespace urbiome
