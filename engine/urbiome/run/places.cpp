#include "urbiome/run/places.h"

#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

Crs crs_of(const PlacesRequest& request, const VectorLayer& layer) {
  if (!request.crs.empty()) return Crs::parse(request.crs);
  if (!layer.crs.empty()) return Crs::parse(layer.crs);
  if (!request.x.empty()) return Crs::parse("EPSG:4326");
  throw Error(ErrorCode::contradiction, request.path + " names no coordinate reference system",
              "places that can be found on the ground", "say it, or write it into the file");
}

std::optional<double> amount_of(const Cell& cell, const PlacesRequest& request, const std::string& id) {
  if (std::holds_alternative<std::monostate>(cell)) return {};
  double amount = -1;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) amount = static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&cell)) amount = *number;
  if (amount >= 0 && std::isfinite(amount)) return amount;
  throw Error(ErrorCode::contradiction,
              fmt::format("{}: {} of {} is '{}'", request.path, request.amount, id, text_of(cell)),
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

}  // namespace

std::vector<Place> read_places(const PlacesRequest& request, const LocalPlane& plane, AuditLog& audit) {
  VectorRequest vector{
      .path = request.path, .layer = request.layer, .columns = {}, .where = {}, .x = request.x, .y = request.y};
  if (!request.id.empty()) vector.columns.push_back(request.id);
  if (!request.amount.empty()) vector.columns.push_back(request.amount);
  VectorLayer layer = read_vector(vector);
  for (const std::string& warning : layer.warnings) audit.warn(request.path, warning);
  const PlaneTransformer in(crs_of(request, layer), plane);
  std::vector<Place> places;
  std::int64_t nowhere = 0, lines = 0;
  for (Feature& feature : layer.features) {
    if (places.size() % 1024 == 0) stop_if_cancelled();
    Place& place = places.emplace_back();
    place.id = request.id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    if (!request.amount.empty()) place.amount = amount_of(feature.attributes.back(), request, place.id);
    if (!place_in(in, feature, place)) ++nowhere;
    lines += static_cast<std::int64_t>(feature.lines.size());
  }
  if (nowhere > 0) audit.warn(request.path, fmt::format("{} places lie in part nowhere in their system", nowhere));
  if (lines > 0) audit.warn(request.path, fmt::format("{} lines are no places and are left out", lines));
  return places;
}

}  // namespace urbiome
