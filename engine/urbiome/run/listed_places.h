// Places as people know them: mapped green spaces, joined where they overlap, touch, meet in a corner or lie within a
// gap of each other.
//
//   JoinedSpaces joined(landscape.spaces, crs, merge_gap_m, executor);
//   auto places = joined.of({.only_public = true, .unknown_too = false, .blue_too = true, .min_area_ha = 0.5});
//   places->areas_m2[places->place_of[i]];      // of the place that polygon i is a part of
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Which spaces count, and how large a place has to be, on the ellipsoid; what is a billionth smaller counts too.
struct SpaceChoice {
  bool only_public, unknown_too, blue_too;
  double min_area_ha;

  bool counts(const ListedSpace& space) const {
    return (!only_public || space.is_public(unknown_too)) && (blue_too || space.role == Role::green);
  }
  auto operator<=>(const SpaceChoice&) const = default;
};

struct ListedPlaces {
  MultiPolygon shapes;                  // in the grid's CRS, none over another
  std::vector<std::uint32_t> place_of;  // of every polygon; places are numbered in the order of their first polygons
  std::vector<double> areas_m2;         // of every place, on the ellipsoid
};

class JoinedSpaces {
 public:
  // Keeps the spaces and the executor. `crs` is that of their shapes; `gap_m` >= 0.
  JoinedSpaces(const std::vector<ListedSpace>& spaces, const Crs& crs, double gap_m, Executor& executor);

  // The same places for the same choice. From one thread at a time.
  std::shared_ptr<const ListedPlaces> of(const SpaceChoice& choice);

 private:
  ListedPlaces join(const SpaceChoice& choice) const;

  const std::vector<ListedSpace>& spaces_;
  const Crs& crs_;
  double gap_m_;
  Executor& executor_;
  std::map<SpaceChoice, std::shared_ptr<const ListedPlaces>> found_;
};

}  // namespace urbiome
