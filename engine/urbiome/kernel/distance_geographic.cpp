#include "urbiome/kernel/distance_geographic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "urbiome/kernel/distance_geographic_row.h"
#include "urbiome/kernel/nearest_sweep.h"

namespace urbiome {
namespace {

using namespace distance_row;

constexpr double kRadians = std::numbers::pi / 180;

// sin^2 of half the angle to the centre or the nearest side of each column, until half way round the earth.
std::vector<double> sines(const Grid& grid, DistanceMeasure measure) {
  const std::size_t count = static_cast<std::size_t>(grid.width) + 2 * kGeographicLead;
  std::vector<double> sin2(count);
  for (std::size_t k = 0; k < count; ++k) {
    const double columns = static_cast<double>(k) - (measure == DistanceMeasure::edge && k > 0 ? 0.5 : 0);
    const double sine = std::sin(std::min(columns * grid.dx * kRadians, std::numbers::pi) / 2);
    sin2[k] = sine * sine;
  }
  return sin2;
}

// Length over the ground of a straight line through the ellipsoid where its surface is curved like that.
double over_ground(double chord, double curvature) {
  const double x = chord * curvature / 2 * (chord * curvature / 2);
  if (x < 1e-4) return chord * (1 + x * (1.0 / 6 + x * (3.0 / 40 + x * (15.0 / 336))));
  return 2 / curvature * std::asin(std::min(1.0, std::sqrt(x)));
}

}  // namespace

struct GeographicDistanceBand::State {
  State(const Grid& on_grid, const Ellipsoid& on_ellipsoid, DistanceMeasure by, double limit)
      : grid(on_grid),
        ellipsoid(on_ellipsoid),
        measure_by(by),
        largest(limit * (1 + 1e-12)),
        row(static_cast<std::size_t>(grid.width), sines(grid, by)) {
    const auto count = static_cast<std::size_t>(2 * grid.height + 1);
    const double e2 = ellipsoid.f() * (2 - ellipsoid.f());
    for (std::size_t half_row = 0; half_row < count; ++half_row) {
      const double latitude = grid.y_of(static_cast<double>(half_row) / 2) * kRadians;
      const double n = ellipsoid.a / std::sqrt(1 - e2 * std::sin(latitude) * std::sin(latitude));
      axis.push_back(n * std::cos(latitude));
      up.push_back(n * (1 - e2) * std::sin(latitude));
    }
  }

  void sweep_up(std::int64_t first_row, std::span<const std::uint8_t> member, std::span<const std::int32_t> below);
  void set_candidates(std::int64_t at, const std::int32_t* rows_above, const std::int32_t* rows_below);
  void to_metres(std::int64_t at, std::span<double> out) const;
  double largest_key() const { return largest * largest * (1 + 1e-9); }
  void set_candidate(GeographicRow::Candidates& side, std::size_t col, std::int64_t at, std::int64_t member_row) const;

  Grid grid;
  Ellipsoid ellipsoid;
  DistanceMeasure measure_by;
  double largest;
  GeographicRow row;
  std::vector<double> axis, up;          // by half rows: metres from the earth's axis and above the equator's plane
  std::vector<std::int32_t> below_rows;  // a band: the row of the nearest member at or below each cell
  std::vector<std::int32_t> above_row;   // one row: at or above
  NearestSweep sweep;                    // both of them for members with ids
};

void GeographicDistanceBand::State::set_candidate(GeographicRow::Candidates& side, std::size_t col, std::int64_t at,
                                                  std::int64_t member_row) const {
  double& north = side.north[kGeographicLead + col];
  double& east = side.east[kGeographicLead + col];
  if (member_row == ColumnMembers::kNone) {
    north = kNoLimit;
    east = 0;
    return;
  }
  std::int64_t half_row = 2 * member_row + 1;
  if (measure_by == DistanceMeasure::edge && member_row != at) half_row += member_row > at ? -1 : 1;
  const auto here = static_cast<std::size_t>(2 * at + 1), there = static_cast<std::size_t>(half_row);
  const double p = axis[here] - axis[there], z = up[here] - up[there];
  north = p * p + z * z;
  east = 4 * axis[here] * axis[there];
}

void GeographicDistanceBand::State::sweep_up(std::int64_t first_row, std::span<const std::uint8_t> member,
                                             std::span<const std::int32_t> below) {
  const std::size_t width = row.width, rows = member.size() / width;
  below_rows.resize(member.size());
  const std::int32_t* next = below.data();
  for (std::size_t i = rows; i-- > 0;) {
    std::int32_t* const out = below_rows.data() + i * width;
    const auto here = static_cast<std::int32_t>(first_row + static_cast<std::int64_t>(i));
    for (std::size_t col = 0; col < width; ++col) out[col] = member[i * width + col] != 0 ? here : next[col];
    next = out;
  }
}

void GeographicDistanceBand::State::set_candidates(std::int64_t at, const std::int32_t* rows_above,
                                                   const std::int32_t* rows_below) {
  std::fill(row.lowest_north.begin(), row.lowest_north.end(), kNoLimit);
  std::fill(row.lowest_east.begin(), row.lowest_east.end(), kNoLimit);
  for (std::size_t col = 0; col < row.width; ++col) {
    set_candidate(row.above, col, at, rows_above[col]);
    set_candidate(row.below, col, at, rows_below[col]);
    const std::size_t block = col / kGeographicBlock + 1;
    for (const auto* side : {&row.above, &row.below}) {
      if (side->north[kGeographicLead + col] == kNoLimit) continue;
      row.lowest_north[block] = std::min(row.lowest_north[block], side->north[kGeographicLead + col]);
      row.lowest_east[block] = std::min(row.lowest_east[block], side->east[kGeographicLead + col]);
    }
  }
}

void GeographicDistanceBand::State::to_metres(std::int64_t at, std::span<double> out) const {
  const double e2 = ellipsoid.f() * (2 - ellipsoid.f());
  const double sine = std::sin(grid.y_of(static_cast<double>(at) + 0.5) * kRadians);
  const double w = std::sqrt(1 - e2 * sine * sine), n = ellipsoid.a / w, m = n * (1 - e2) / (w * w);
  for (std::size_t col = 0; col < row.width; ++col) {
    const double key = row.best[col], north = row.best_north[col];
    double distance = 0;
    if (key > 0) distance = over_ground(std::sqrt(key), (north / m + (key - north) / n) / key);
    out[col] = key < kNoLimit && distance <= largest ? distance : std::numeric_limits<double>::quiet_NaN();
  }
}

GeographicDistanceBand::GeographicDistanceBand(const Grid& grid, const Ellipsoid& ellipsoid, DistanceMeasure measure,
                                               double largest)
    : state_(std::make_unique<State>(grid, ellipsoid, measure, largest)) {}
GeographicDistanceBand::GeographicDistanceBand(GeographicDistanceBand&&) noexcept = default;
GeographicDistanceBand::~GeographicDistanceBand() = default;

void GeographicDistanceBand::measure(const ColumnsBeyond& beyond, std::int64_t first_row,
                                     std::span<const std::uint8_t> member, std::span<double> out) {
  const std::size_t width = state_->row.width;
  if (width == 0) return;
  if (!beyond.any() && std::ranges::find(member, 1) == member.end()) {
    std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  state_->sweep_up(first_row, member, beyond.below.rows);
  state_->above_row = beyond.above.rows;
  for (std::size_t i = 0; i < member.size() / width; ++i) {
    const std::int64_t at = first_row + static_cast<std::int64_t>(i);
    for (std::size_t col = 0; col < width; ++col) {
      if (member[i * width + col] != 0) state_->above_row[col] = static_cast<std::int32_t>(at);
    }
    state_->set_candidates(at, state_->above_row.data(), state_->below_rows.data() + i * width);
    search_geographic(state_->largest_key(), state_->row);
    state_->to_metres(at, out.subspan(i * width, width));
  }
}

void GeographicDistanceBand::measure(const ColumnsBeyond& beyond, std::int64_t first_row,
                                     std::span<const std::int64_t> ids, std::span<double> out,
                                     std::span<std::int64_t> nearest) {
  GeographicRow& row = state_->row;
  const std::size_t width = row.width;
  if (width == 0) return;
  if (!beyond.any() && std::ranges::all_of(ids, [](std::int64_t id) { return id == 0; })) {
    std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
    std::ranges::fill(nearest, 0);
    return;
  }
  row.make_room_for_ids();
  state_->sweep.start(beyond, first_row, ids, width);
  for (std::size_t i = 0; i < ids.size() / width; ++i) {
    const std::int64_t at = first_row + static_cast<std::int64_t>(i);
    const auto [above, below] = state_->sweep.next(ids.subspan(i * width, width));
    state_->set_candidates(at, above.rows.data(), below.rows.data());
    const auto to_double = [](std::int64_t id) { return static_cast<double>(id); };
    std::transform(above.ids.begin(), above.ids.end(), row.above.ids.begin() + kGeographicLead, to_double);
    std::transform(below.ids.begin(), below.ids.end(), row.below.ids.begin() + kGeographicLead, to_double);
    search_geographic_ids(state_->largest_key(), row);
    const std::span<double> metres = out.subspan(i * width, width);
    state_->to_metres(at, metres);
    for (std::size_t col = 0; col < width; ++col) {
      nearest[i * width + col] = std::isnan(metres[col]) ? 0 : static_cast<std::int64_t>(row.best_ids[col]);
    }
  }
}

}  // namespace urbiome
