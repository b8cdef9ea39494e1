// The landscape that facts are computed from: one date's land cover with zones and green spaces laid on its grid.
//
// All geometry is in the grid's CRS and valid. The grid may be larger than the file (cells outside are nodata), so
// that zones keep their whole area. Zone 0 is the city.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/reach.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/tile_source.h"
#include "urbiome/vector/ellipsoid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Metres on a grid: on projected grids map units times their length, on lat/lon grids distances on the ellipsoid.
class GridMetric {
 public:
  static GridMetric planar(const Grid& grid, double unit_to_metre);
  static GridMetric geographic(const Grid& grid, const Ellipsoid& ellipsoid);

  bool is_geographic() const { return geographic_; }
  double unit_to_metre() const { return unit_to_metre_; }
  const Ellipsoid& ellipsoid() const { return ellipsoid_; }

  // Between cell centres, `down` rows and `across` columns apart.
  double centre(std::int64_t row, std::int32_t down, std::int32_t across) const;
  // From the centre of the cell in `row` to the nearest side of the other cell, and the other way round.
  double edge(std::int64_t row, std::int32_t down, std::int32_t across) const;
  double edge_up(std::int64_t row, std::int32_t down, std::int32_t across) const;
  // Between nearest sides: k empty cells in a row are k cell sizes.
  double gap(std::int64_t row, std::int32_t down, std::int32_t across) const;

  // All pairs of cells within the distance under one of the measures.
  enum class Kind { centre, edge, edge_up, gap };
  Reach within(Kind kind, double metres, bool strict) const;

 private:
  double between(double lat1, double lat2, double columns) const;
  double latitude(double row) const { return grid_.y_of(row); }

  Grid grid_;
  bool geographic_ = false;
  double unit_to_metre_ = 1;
  Ellipsoid ellipsoid_;
};

struct Zone {
  std::string level, id, name;
  MultiPolygon shape;
  Coverage coverage;
};

// The parts of every zone that lie under green spaces, by what is known of their access.
enum class SpaceSet { public_only, public_or_unknown, all, all_green };
inline constexpr int kSpaceSetCount = 4;

struct Landscape {
  std::string date;
  std::shared_ptr<const TileSource> source;
  CellAreas areas;
  GridMetric metric;
  Window mapped;   // the part of the grid that the file covers
  Roles knowable;  // roles that the legend can tell
  std::vector<Zone> zones;
  bool has_green_spaces = false;
  std::vector<std::vector<Coverage>> spaces_in_zone;  // [set][zone]; empty without green spaces
  MultiPolygon green_spaces;                          // union of every listed space of role green, public or not
  std::vector<double> green_space_areas_m2;           // true area of each polygon of green_spaces

  const Grid& grid() const { return source->grid(); }
};

// What the facts are asked to measure by.
struct FactParameters {
  double near_distance_m = 300, min_green_area_m2 = 10000;
  bool near_from_land_cover = true, near_from_spaces = false, near_edge = true;
  double connect_distance_m = 100;
  bool connect_tie_le = false;
  double min_patch_area_m2 = 0;
  int patch_directions = 8;
  Role patch_role = Role::green, connect_role = Role::natural;
  double exposure_radius_m = 300;
};

}  // namespace urbiome
