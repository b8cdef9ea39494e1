#include "urbiome/run/listed_places.h"

#include <utility>

#include "urbiome/run/layers.h"
#include "urbiome/vector/local_plane.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kSizeTolerance = 1e-9;

// In a plane of metres round their middle; polygons keep their order.
MultiPolygon in_metres(const MultiPolygon& shapes, const Crs& crs) {
  const Crs geographic = crs.geographic();
  const Transformer to_geographic(crs, geographic);
  std::vector<Point> corners;
  for (const Polygon& polygon : shapes.polygons) {
    if (const auto lonlat = to_geographic.find(polygon.shell.front())) corners.push_back(*lonlat);
  }
  const PlaneTransformer in(crs, LocalPlane(geographic, middle_of(corners)));
  MultiPolygon moved;
  for (const Polygon& polygon : shapes.polygons) moved.polygons.push_back(in.transform({{polygon}}).polygons.front());
  return moved;
}

// Those that are large enough, numbered anew.
ListedPlaces large_ones(const ListedPlaces& all, double least_m2) {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  ListedPlaces large;
  std::vector<std::uint32_t> numbers(all.areas_m2.size(), kNone);
  for (std::size_t i = 0; i < all.place_of.size(); ++i) {
    const std::uint32_t place = all.place_of[i];
    if (all.areas_m2[place] < least_m2 * (1 - kSizeTolerance)) continue;
    if (numbers[place] == kNone) {
      numbers[place] = static_cast<std::uint32_t>(large.areas_m2.size());
      large.areas_m2.push_back(all.areas_m2[place]);
    }
    large.shapes.polygons.push_back(all.shapes.polygons[i]);
    large.place_of.push_back(numbers[place]);
  }
  return large;
}

}  // namespace

JoinedSpaces::JoinedSpaces(const std::vector<ListedSpace>& spaces, const Crs& crs, double gap_m, Executor& executor)
    : spaces_(spaces), crs_(crs), gap_m_(gap_m), executor_(executor) {}

std::shared_ptr<const ListedPlaces> JoinedSpaces::of(const SpaceChoice& choice) {
  std::shared_ptr<const ListedPlaces>& found = found_[choice];
  if (found == nullptr) {
    SpaceChoice of_any_size = choice;
    of_any_size.min_area_ha = 0;
    ListedPlaces places = choice == of_any_size ? join(choice) : large_ones(*of(of_any_size), choice.min_area_ha * 1e4);
    found = std::make_shared<const ListedPlaces>(std::move(places));
  }
  return found;
}

ListedPlaces JoinedSpaces::join(const SpaceChoice& choice) const {
  ListedPlaces places;
  places.shapes = union_of_spaces(
      spaces_, [&](const ListedSpace& space) { return choice.counts(space); }, executor_);
  if (places.shapes.empty()) return places;
  places.place_of =
      gap_m_ > 0 ? groups_within(in_metres(places.shapes, crs_), gap_m_) : groups_within(places.shapes, 0);
  const std::vector<double> areas_m2 = true_areas_m2(places.shapes, crs_);
  for (std::size_t i = 0; i < areas_m2.size(); ++i) {
    if (places.place_of[i] == places.areas_m2.size()) places.areas_m2.push_back(0);
    places.areas_m2[places.place_of[i]] += areas_m2[i];
  }
  return places;
}

}  // namespace urbiome
