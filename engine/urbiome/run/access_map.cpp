#include "urbiome/run/access_map.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/facts/near_shapes.h"
#include "urbiome/run/class_map.h"

namespace urbiome {
namespace {

constexpr double kLeastStep_m = 50, kMostSteps = 6;
constexpr std::size_t kMostAsked = 20;  // distances with limits of their own; of more the farthest alone has one
constexpr std::int64_t kBandRows = 16;
constexpr ClassIndex kOutside = 0, kInside = 1, kFirst = 2;
constexpr Colour kInsideColour{24, 84, 44}, kNearest{78, 148, 84}, kFarthest{226, 236, 176}, kBeyond{186, 172, 196};

bool is_walked(const AccessMap& map) { return map.standard.route == Standard::Route::street; }

// Classes of whole rows of the grid, each cell by its middle.
class RowsOfAccess {
 public:
  RowsOfAccess(AccessMap& map, const MappedAccess& asked, const StreetsNearby* streets, const Landscape& landscape)
      : map_(map), reach_(asked.question->reach), streets_(streets), landscape_(landscape) {
    near_.push_back(std::make_unique<NearShapes>(*asked.question->places, landscape, 0));
    if (is_walked(map)) return;
    for (const double metres : map.limits_m)
      near_.push_back(std::make_unique<NearShapes>(*asked.question->places, landscape, metres));
  }

  void fill(std::int64_t first, std::int64_t end) const {
    const StreetsNearby::ToPlane to_plane = reach_ != nullptr ? streets_->to_plane() : StreetsNearby::ToPlane{};
    for (std::int64_t row = first; row < end; ++row) {
      const std::span<ClassIndex> cells =
          std::span(map_.cells.cells).subspan(static_cast<std::size_t>(row * map_.cells.cols), width());
      std::ranges::fill(cells, static_cast<ClassIndex>(kFirst + map_.limits_m.size()));
      const std::int64_t grid_row = map_.cells.window.row + map_.cells.from(row, map_.cells.window.rows);
      if (reach_ != nullptr) walk(to_plane, grid_row, cells);
      for (std::size_t i = near_.size(); i-- > 0;)
        mark(near_[i]->cells_near(grid_row, grid_row + 1), static_cast<ClassIndex>(kInside + i), cells);
    }
  }

 private:
  std::size_t width() const { return static_cast<std::size_t>(map_.cells.cols); }
  std::int64_t grid_col(std::int64_t col) const {
    return map_.cells.window.col + map_.cells.from(col, map_.cells.window.cols);
  }

  void walk(const StreetsNearby::ToPlane& to_plane, std::int64_t grid_row, std::span<ClassIndex> cells) const {
    const Grid& grid = landscape_.grid();
    for (std::size_t col = 0; col < cells.size(); ++col) {
      const auto at_col = static_cast<double>(grid_col(static_cast<std::int64_t>(col)));
      const auto point = to_plane({grid.x_of(at_col + 0.5), grid.y_of(static_cast<double>(grid_row) + 0.5)});
      const auto at = point ? streets_->graph->nearest(*point, streets_->snap_max_m) : std::nullopt;
      const auto found = at ? reach_->from(*at) : std::nullopt;
      if (!found) continue;
      const auto limit =
          std::ranges::find_if(map_.limits_m, [&](double metres) { return found->length <= street_length(metres); });
      cells[col] = static_cast<ClassIndex>(kFirst + (limit - map_.limits_m.begin()));
    }
  }

  void mark(const RunTable& near, ClassIndex as, std::span<ClassIndex> cells) const {
    const std::span<const Run> runs = near.of_row(0);
    std::size_t at = 0;
    for (std::size_t col = 0; col < cells.size() && at < runs.size(); ++col) {
      const std::int64_t cell = grid_col(static_cast<std::int64_t>(col));
      while (at < runs.size() && runs[at].end <= cell) ++at;
      if (at < runs.size() && runs[at].begin <= cell) cells[col] = as;
    }
  }

  AccessMap& map_;
  const StreetReach* reach_;
  const StreetsNearby* streets_;
  const Landscape& landscape_;
  std::vector<std::unique_ptr<NearShapes>> near_;  // in a place, then within each limit of a straight line
};

std::vector<MapCategory> categories_of(const AccessMap& map) {
  std::vector<MapCategory> categories = {
      {kInside, map.standard.blue_too ? "in a green or blue space" : "in a green space", kInsideColour}};
  const std::size_t count = map.limits_m.size();
  for (std::size_t i = 0; i < count; ++i) {
    const double share = count < 2 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1);
    Colour colour;
    for (std::size_t c = 0; c < 3; ++c)
      colour[c] = static_cast<std::uint8_t>(std::lround(kNearest[c] + share * (kFarthest[c] - kNearest[c])));
    const std::string name = i == 0 ? fmt::format("up to {:g} m", map.limits_m[0])
                                    : fmt::format("{:g} to {:g} m", map.limits_m[i - 1], map.limits_m[i]);
    categories.push_back({static_cast<std::uint8_t>(kFirst + i), name, colour});
  }
  const std::string beyond = count == 0 ? "outside of them" : fmt::format("farther than {:g} m", map.limits_m.back());
  categories.push_back({static_cast<std::uint8_t>(kFirst + count), beyond, kBeyond});
  return categories;
}

}  // namespace

std::vector<double> access_limits(std::vector<double> distances_m) {
  std::vector<double> limits;
  if (distances_m.empty() || distances_m.back() <= 0) return limits;
  if (distances_m.size() > kMostAsked) distances_m = {distances_m.back()};
  double step = kLeastStep_m;
  for (int i = 1; distances_m.back() / step > kMostSteps; ++i) step *= i % 3 == 0 ? 2.5 : 2;
  for (const double metres : distances_m) {
    if (metres > 0) limits.push_back(metres);
  }
  for (double metres = step; metres < distances_m.back(); metres += step) {
    const auto close = [&](double distance) { return std::abs(distance - metres) < step / 2; };
    if (std::ranges::none_of(distances_m, close)) limits.push_back(metres);
  }
  std::ranges::sort(limits);
  return limits;
}

AccessMap map_access(const MappedAccess& asked, const StreetsNearby* streets, const Landscape& landscape,
                     Executor& executor) {
  AccessMap map{asked.standard, access_limits(asked.distances_m),
                preview_of_city(landscape, kMostAccessCells, kOutside)};
  if (map.cells.cells.empty()) return map;
  executor.memory().reserve(static_cast<std::int64_t>(map.cells.cells.size()), "the map of access");
  const RowsOfAccess rows(map, asked, streets, landscape);
  executor.items((map.cells.rows + kBandRows - 1) / kBandRows, "map of access",
                 [&](std::int64_t i) { rows.fill(i * kBandRows, std::min((i + 1) * kBandRows, map.cells.rows)); });
  return map;
}

void write_access_map(const AccessMap& map, const Landscape& landscape, const Crs& crs, const std::string& path) {
  write_city_map(path, landscape, crs, map.cells, kOutside, categories_of(map));
}

Json access_map_json(const AccessMap& map) {
  return {{"file", "maps/access.tif"},
          {"standard", map.standard.id},
          {"framework", map.standard.framework},
          {"topic", map.standard.topic},
          {"title", map.standard.title},
          {"route", is_walked(map) ? "street" : "straight"},
          {"limits_m", map.limits_m},
          {"every_nth_cell", map.cells.factor}};
}

}  // namespace urbiome
