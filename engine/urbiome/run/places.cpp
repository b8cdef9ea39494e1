#include "urbiome/run/places.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/point_table.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/in_plane.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr std::size_t kAtOnce = 4096, kShapesAtOnce = 64;

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
bool place_in(const PlaneTransformer& in, const Feature& feature, Place& place) {
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
Crs crs_of_places(const PlacesRequest& request, const std::string& layer_crs) {
  const std::string own = layer_crs.empty() && !request.x.empty() ? "EPSG:4326" : layer_crs;
  return crs_of(request.path, own, request.crs, "the layer", request.say_crs);
}

// What `cell_of(i)` gives for columns of numbers, after `first` others, and for that of labels, the last one.
template <class CellOf>
void take_columns(const PlacesRequest& request, const std::vector<std::string>& columns, std::size_t first,
                  const CellOf& cell_of, Place& place) {
  const std::size_t end = columns.size() - (request.label.empty() ? 0 : 1);
  if (!request.label.empty()) place.label = text_of(cell_of(end));
  for (std::size_t i = first; i < end; ++i) {
    const std::optional<double> number = amount_of(cell_of(i), request, columns[i], place.id);
    if (i == first && !request.amount.empty())
      place.amount = number;
    else
      place.more.push_back(number);
  }
}

void warn_of_nowhere(const PlacesRequest& request, std::int64_t nowhere, AuditLog& audit) {
  if (nowhere > 0) audit.warn(request.path, fmt::format("{} places lie in part nowhere in their system", nowhere));
}

std::vector<Place> places_of(const PointTable& table, const PlacesRequest& request,
                             const std::vector<std::string>& columns, const LocalPlane& plane, Executor& executor,
                             AuditLog& audit) {
  InPlane in_plane(crs_of_places(request, {}), plane, executor);
  std::vector<Place> places(table.points.size());
  for (std::size_t row = 0; row < places.size(); ++row) {
    if (row % 1024 == 0) stop_if_cancelled();
    Place& place = places[row];
    place.id = request.id.empty() ? std::to_string(row + 1) : text_of(table.columns[0].cell(row));
    take_columns(
        request, columns, request.id.empty() ? 0 : 1, [&](std::size_t i) { return table.columns[i].cell(row); }, place);
  }
  std::atomic<std::int64_t> nowhere = 0;
  in_plane.each(places.size(), kAtOnce, "placing", [&](std::size_t row, const PlaneTransformer& in) {
    if (const std::optional<Point> point = in.find(table.points[row]))
      places[row].points = {*point};
    else
      ++nowhere;
  });
  warn_of_nowhere(request, nowhere, audit);
  return places;
}

}  // namespace

LocalPlane plane_of(const PlacesRequest& request) {
  const VectorLayer layer = read_vector(vector_request(request));
  const Crs crs = crs_of_places(request, layer.crs), geographic = crs.geographic();
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

std::vector<Place> read_places(const PlacesRequest& request, const LocalPlane& plane, Executor& executor,
                               AuditLog& audit) {
  VectorRequest vector = vector_request(request);
  if (!request.id.empty()) vector.columns.push_back(request.id);
  const std::size_t first_number = vector.columns.size();
  if (!request.amount.empty()) vector.columns.push_back(request.amount);
  vector.columns.insert(vector.columns.end(), request.more.begin(), request.more.end());
  if (!request.label.empty()) vector.columns.push_back(request.label);
  if (const auto table = read_plain_points(vector))
    return places_of(*table, request, vector.columns, plane, executor, audit);
  VectorLayer layer = read_vector(vector);
  for (const std::string& warning : layer.warnings) audit.warn(request.path, warning);
  InPlane in_plane(crs_of_places(request, layer.crs), plane, executor);
  std::vector<Place> places(layer.features.size());
  std::int64_t lines = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i % 1024 == 0) stop_if_cancelled();
    const Feature& feature = layer.features[i];
    places[i].id = request.id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    take_columns(
        request, vector.columns, first_number, [&](std::size_t k) { return feature.attributes[k]; }, places[i]);
    lines += static_cast<std::int64_t>(feature.lines.size());
  }
  std::atomic<std::int64_t> nowhere = 0;
  in_plane.each(places.size(), kShapesAtOnce, "placing", [&](std::size_t i, const PlaneTransformer& in) {
    if (!place_in(in, layer.features[i], places[i])) ++nowhere;
  });
  warn_of_nowhere(request, nowhere, audit);
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
