#include "urbiome/run/space_gates.h"

#include <algorithm>
#include <ranges>

#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

SpaceGates::SpaceGates(const Recipe& recipe, const std::vector<ListedSpace>& spaces, const Crs& crs,
                       const StreetNetwork& streets, Executor& executor, AuditLog& audit)
    : spaces_(spaces) {
  for (std::size_t i = 0; i < recipe.green_spaces.size(); ++i) {
    if (!recipe.green_spaces[i].entrances.empty()) read(recipe.green_spaces[i], i, crs, streets, executor, audit);
  }
}

void SpaceGates::read(const GreenSpacesInput& input, std::size_t number, const Crs& crs, const StreetNetwork& streets,
                      Executor& executor, AuditLog& audit) {
  const PlaneTransformer in(crs, streets.plane);
  std::vector<Point> outlines;
  std::vector<std::uint32_t> first_points{0};
  std::vector<std::size_t> part_of;  // of every outline
  const auto add_outline = [&](const Ring& ring) {
    outlines.insert(outlines.end(), ring.begin(), ring.end());
    first_points.push_back(static_cast<std::uint32_t>(outlines.size()));
    part_of.push_back(parts_.size() - 1);
  };
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    if (spaces_[space].input != number) continue;
    for (const Polygon& polygon : spaces_[space].shape.polygons) {
      const MultiPolygon one{{polygon}};
      parts_.push_back({space, point_inside(one), {}});
      for (const Polygon& moved : in.transform(one).polygons) {
        add_outline(moved.shell);
        std::ranges::for_each(moved.holes, add_outline);
      }
    }
  }
  const SegmentIndex index(outlines, first_points);
  each_gate(input.entrances, {}, index, streets, EntranceRule{}.street_within_m, executor, audit,
            [&](std::uint32_t segment, const StreetPosition& street) {
              parts_[part_of[index.line_of(segment)]].gates.push_back(street);
            });
}

GivenEntrances SpaceGates::of(const ListedPlaces& places, const SpaceChoice& choice) const {
  GivenEntrances given{{}, std::vector<char>(places.areas_m2.size(), 0)};
  if (parts_.empty()) return given;
  const std::vector<Box> boxes = boxes_of(places.shapes);
  for (const Part& part : parts_) {
    if (!choice.counts(spaces_[part.space])) continue;
    const Box here{part.inside.x, part.inside.y, part.inside.x, part.inside.y};
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (!boxes[i].intersects(here) || !contains(places.shapes.polygons[i], part.inside)) continue;
      const std::uint32_t place = places.place_of[i];
      given.of_place[place] = 1;
      for (const StreetPosition& gate : part.gates) given.entrances.push_back({gate, place});
      break;
    }
  }
  return given;
}

}  // namespace urbiome
