#include <algorithm>

#include "urbiome/facts/near_shapes.h"
#include "urbiome/facts/people.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/window_share.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBandRows = 64;

// What one row's sweep needs, reused from row to row.
struct RowBuffers {
  std::vector<std::int64_t> people, green_counts, known_counts;
  std::vector<std::uint8_t> known, near;
  std::vector<Run> runs;
  std::vector<Int128> sums[5];  // running sums: people, known, near, green x people, with surroundings
};

enum Sum { kResidents, kKnown, kNear, kGreen, kSurrounded };

void mark(std::span<const Run> runs, std::vector<std::uint8_t>& cells) {
  for (const Run& run : runs) std::fill(cells.begin() + run.begin, cells.begin() + run.end, std::uint8_t{1});
}

class RowSweep {
 public:
  RowSweep(const Landscape& landscape, const PeopleField& people, const PeopleQuestions& questions,
           const FactParameters& parameters)
      : landscape_(landscape), people_(people), questions_(questions),
        near_reach_(landscape.metric.within(parameters.near_edge ? GridMetric::Kind::edge : GridMetric::Kind::centre,
                                            parameters.near_distance_m, false)),
        disc_reach_(landscape.metric.within(GridMetric::Kind::centre, parameters.exposure_radius_m, false)) {
    if (questions.near_green && parameters.near_from_spaces && landscape.has_green_spaces) {
      MultiPolygon large;
      for (std::size_t i = 0; i < landscape.green_spaces.polygons.size(); ++i) {
        if (landscape.green_space_areas_m2[i] >= parameters.min_green_area_m2 * (1 - 1e-9)) {
          large.polygons.push_back(landscape.green_spaces.polygons[i]);
        }
      }
      shapes_ = std::make_unique<NearShapes>(large, landscape, parameters.near_distance_m);
    }
    if (questions.near_green && parameters.near_from_land_cover && questions.green_of_access != nullptr) {
      points_ = std::make_unique<NearRuns>(*questions.green_of_access, landscape, near_reach_, parameters);
    }
  }

  void row(std::int64_t row, RowBuffers& b, std::vector<ZonePeople::OfZone>& zones) const {
    const auto width = static_cast<std::size_t>(landscape_.grid().width);
    b.people.assign(width, 0);
    people_.add_row(row, b.people);
    if (std::all_of(b.people.begin(), b.people.end(), [](std::int64_t p) { return p == 0; })) return;
    look_around(row, b);
    sum_up(row, b);
    for (std::size_t z = 0; z < zones.size(); ++z) add_zone(landscape_.zones[z].coverage, row, b, zones[z]);
  }

 private:
  void look_around(std::int64_t row, RowBuffers& b) const {
    const auto width = static_cast<std::size_t>(landscape_.grid().width);
    b.known.assign(width, 0);
    if (questions_.known != nullptr) mark(questions_.known->of_row(row), b.known);
    b.near.assign(width, 0);
    if (questions_.near_green) {
      if (points_ != nullptr) {
        b.runs.clear();
        near_runs(*questions_.green_of_access, near_reach_, row, landscape_.grid().width, b.runs);
        mark(b.runs, b.near);
      }
      if (shapes_ != nullptr) mark(shapes_->cells_near().of_row(row), b.near);
    }
    if (questions_.green != nullptr && questions_.known != nullptr) {
      b.green_counts.assign(width, 0);
      b.known_counts.assign(width, 0);
      count_in_reach(*questions_.green, disc_reach_, row, b.green_counts);
      count_in_reach(*questions_.known, disc_reach_, row, b.known_counts);
    }
  }

  // Of the people in a cell those at points may differ from those in the cell's middle.
  Int128 near_people(std::int64_t row, std::size_t col, std::int64_t people, bool cell_near,
                     std::span<const PeoplePoint> points) const {
    if (points.empty()) return cell_near ? people : 0;
    std::int64_t at_points = 0, near = 0;
    for (const PeoplePoint& point : points) {
      if (point.col != static_cast<std::int32_t>(col)) continue;
      at_points += point.amount;
      const bool reached = (points_ != nullptr && points_->near(point.at, row)) || (shapes_ != nullptr && shapes_->near(point.at));
      if (reached) near += point.amount;
    }
    return near + (cell_near ? people - at_points : 0);
  }

  void sum_up(std::int64_t row, RowBuffers& b) const {
    const auto width = static_cast<std::size_t>(landscape_.grid().width);
    const bool around = questions_.green != nullptr && questions_.known != nullptr;
    const auto points = people_.points_of(row);
    for (auto& sum : b.sums) sum.assign(width + 1, 0);
    for (std::size_t col = 0; col < width; ++col) {
      const std::int64_t people = b.people[col];
      Int128 add[5] = {people, b.known[col] != 0 ? people : 0, 0, 0, 0};
      if (people != 0 && questions_.near_green) add[kNear] = near_people(row, col, people, b.near[col] != 0, points);
      if (people != 0 && around && b.known_counts[col] > 0) {
        add[kGreen] = scale_exactly(people, b.green_counts[col], b.known_counts[col]);
        add[kSurrounded] = people;
      }
      for (int i = 0; i < 5; ++i) b.sums[i][col + 1] = b.sums[i][col] + add[i];
    }
  }

  static void add_zone(const Coverage& coverage, std::int64_t row, const RowBuffers& b, ZonePeople::OfZone& zone) {
    Int128* const totals[5] = {&zone.residents, &zone.on_known_cells, &zone.near_green, &zone.green_around, &zone.with_surroundings};
    for (const CellSpan& span : coverage.spans_of(row)) {
      for (int i = 0; i < 5; ++i) *totals[i] += b.sums[i][static_cast<std::size_t>(span.end)] - b.sums[i][static_cast<std::size_t>(span.begin)];
    }
    for (const PartialCell& cell : coverage.partials_of(row)) {
      const auto col = static_cast<std::size_t>(cell.col);
      for (int i = 0; i < 5; ++i) {
        const auto people = static_cast<std::int64_t>(b.sums[i][col + 1] - b.sums[i][col]);
        *totals[i] += scale_exactly(people, cell.share, kOne);
      }
    }
  }

  const Landscape& landscape_;
  const PeopleField& people_;
  const PeopleQuestions& questions_;
  Reach near_reach_, disc_reach_;
  std::unique_ptr<NearShapes> shapes_;
  std::unique_ptr<NearRuns> points_;
};

}  // namespace

ZonePeople zone_people(const Landscape& landscape, const PeopleField& people, const PeopleQuestions& questions,
                       const FactParameters& parameters, Executor& executor) {
  std::int64_t top = landscape.grid().height, bottom = 0;
  for (const Zone& zone : landscape.zones) {
    if (zone.coverage.empty()) continue;
    top = std::min(top, zone.coverage.first_row);
    bottom = std::max(bottom, zone.coverage.row_end());
  }
  const std::int64_t bands = bottom > top ? (bottom - top + kBandRows - 1) / kBandRows : 0;
  const RowSweep sweep(landscape, people, questions, parameters);
  std::vector<std::vector<ZonePeople::OfZone>> partial(static_cast<std::size_t>(bands));
  executor.items(bands, "people and their surroundings", [&](std::int64_t band) {
    auto& zones = partial[static_cast<std::size_t>(band)];
    zones.resize(landscape.zones.size());
    RowBuffers buffers;
    const std::int64_t first = top + band * kBandRows;
    for (std::int64_t row = first; row < std::min(first + kBandRows, bottom); ++row) sweep.row(row, buffers, zones);
  });

  ZonePeople result;
  result.zones.resize(landscape.zones.size());
  result.has_near = questions.near_green;
  result.has_around = questions.green != nullptr && questions.known != nullptr;
  for (const auto& band : partial) {
    for (std::size_t z = 0; z < band.size(); ++z) {
      result.zones[z].residents += band[z].residents;
      result.zones[z].on_known_cells += band[z].on_known_cells;
      result.zones[z].near_green += band[z].near_green;
      result.zones[z].green_around += band[z].green_around;
      result.zones[z].with_surroundings += band[z].with_surroundings;
    }
  }
  return result;
}

}  // namespace urbiome
