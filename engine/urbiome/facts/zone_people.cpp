#include <algorithm>

#include "urbiome/facts/near_shapes.h"
#include "urbiome/facts/people.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/window_share.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBandRows = 64;

// What one row's sweep needs, reused from row to row: running counts up to each column.
struct RowBuffers {
  std::vector<std::int64_t> green_counts, known_counts;
  std::vector<std::uint8_t> marks;
  std::vector<Run> runs;
  std::vector<std::int32_t> known, near, surrounded;  // cells so far
  std::vector<std::int64_t> green_share;              // sum so far of the share of green around, 2^-40
};

void mark(std::span<const Run> runs, std::vector<std::uint8_t>& cells) {
  for (const Run& run : runs) std::fill(cells.begin() + run.begin, cells.begin() + run.end, std::uint8_t{1});
}

class RowSweep {
 public:
  RowSweep(const Landscape& landscape, const PlacedPeople& people, const PeopleQuestions& questions,
           const FactParameters& parameters)
      : landscape_(landscape),
        people_(people),
        questions_(questions),
        near_below_(landscape.metric.within(parameters.near_edge ? GridMetric::Kind::edge : GridMetric::Kind::centre,
                                            parameters.near_distance_m, false)),
        near_above_(landscape.metric.within(parameters.near_edge ? GridMetric::Kind::edge_up : GridMetric::Kind::centre,
                                            parameters.near_distance_m, false)),
        disc_reach_(landscape.metric.within(GridMetric::Kind::centre, parameters.exposure_radius_m, false)) {
    if (questions.near_green == nullptr) return;
    const GreenPlaces& places = *questions.near_green;
    if (!places.spaces.empty()) {
      MultiPolygon large;
      for (std::size_t i = 0; i < places.spaces.size(); ++i) {
        if (places.spaces[i]) large.polygons.push_back(landscape.green_spaces.polygons[i]);
      }
      shapes_ = std::make_unique<NearShapes>(large, landscape, parameters.near_distance_m);
    }
    if (places.runs) points_ = std::make_unique<NearRuns>(*places.runs, landscape, near_below_, parameters);
  }

  void row(std::int64_t row, RowBuffers& b, std::vector<ZonePeople::OfZone>& zones) const {
    bool looked = false;
    for (std::size_t z = 0; z < zones.size(); ++z) {
      const PeopleField& field = people_.zones[z];
      if (field.empty_row(row)) continue;
      if (!looked) look_around(row, b);
      looked = true;
      for (const PeoplePiece& piece : field.pieces_of(row)) add_piece(piece, b, zones[z]);
      for (const PeoplePoint& point : field.points_of(row)) add_point(point, row, b, zones[z]);
    }
  }

 private:
  // Running counts of marked cells.
  static void accumulate(const std::vector<std::uint8_t>& marks, std::vector<std::int32_t>& sums) {
    sums.assign(marks.size() + 1, 0);
    for (std::size_t i = 0; i < marks.size(); ++i) sums[i + 1] = sums[i] + marks[i];
  }

  void look_around(std::int64_t row, RowBuffers& b) const {
    const auto width = static_cast<std::size_t>(landscape_.grid().width);
    b.marks.assign(width, 0);
    if (questions_.known != nullptr) mark(questions_.known->of_row(row), b.marks);
    accumulate(b.marks, b.known);
    b.marks.assign(width, 0);
    if (points_ != nullptr) {
      near_runs(*questions_.near_green->runs, TwoWayReach{near_below_, near_above_}, row, landscape_.grid().width,
                b.runs);
      mark(b.runs, b.marks);
    }
    if (shapes_ != nullptr) mark(shapes_->cells_near().of_row(row), b.marks);
    accumulate(b.marks, b.near);
    b.surrounded.assign(width + 1, 0);
    b.green_share.assign(width + 1, 0);
    if (questions_.green == nullptr || questions_.known == nullptr) return;
    b.green_counts.assign(width, 0);
    b.known_counts.assign(width, 0);
    count_in_reach(*questions_.green, disc_reach_, row, b.green_counts);
    count_in_reach(*questions_.known, disc_reach_, row, b.known_counts);
    for (std::size_t col = 0; col < width; ++col) {
      const bool known = b.known_counts[col] > 0;
      b.surrounded[col + 1] = b.surrounded[col] + (known ? 1 : 0);
      b.green_share[col + 1] =
          b.green_share[col] + (known ? scale_exactly(kOne, b.green_counts[col], b.known_counts[col]) : 0);
    }
  }

  void add_piece(const PeoplePiece& piece, const RowBuffers& b, ZonePeople::OfZone& zone) const {
    const auto begin = static_cast<std::size_t>(piece.begin), end = static_cast<std::size_t>(piece.end);
    const std::int64_t cells = piece.end - piece.begin;
    const auto part = [&](const std::vector<std::int32_t>& sums) {
      return scale_exactly(piece.amount, sums[end] - sums[begin], cells);
    };
    zone.residents += piece.amount;
    zone.on_known_cells += part(b.known);
    zone.near_green += part(b.near);
    zone.with_surroundings += part(b.surrounded);
    zone.green_around +=
        (Int128{piece.amount} * (b.green_share[end] - b.green_share[begin]) / cells + kOne / 2) >> kFractionBits;
  }

  // A point is near or not by itself; what surrounds it is taken from its cell.
  void add_point(const PeoplePoint& point, std::int64_t row, const RowBuffers& b, ZonePeople::OfZone& zone) const {
    ZonePeople::OfZone cell;
    add_piece({point.col, point.col + 1, point.amount}, b, cell);
    zone.residents += cell.residents;
    zone.on_known_cells += cell.on_known_cells;
    zone.with_surroundings += cell.with_surroundings;
    zone.green_around += cell.green_around;
    const bool near =
        (points_ != nullptr && points_->near(point.at, row)) || (shapes_ != nullptr && shapes_->near(point.at));
    if (near) zone.near_green += point.amount;
  }

  const Landscape& landscape_;
  const PlacedPeople& people_;
  const PeopleQuestions& questions_;
  Reach near_below_, near_above_, disc_reach_;
  std::unique_ptr<NearShapes> shapes_;
  std::unique_ptr<NearRuns> points_;
};

}  // namespace

ZonePeople zone_people(const Landscape& landscape, const PlacedPeople& people, const PeopleQuestions& questions,
                       const FactParameters& parameters, Executor& executor) {
  const std::int64_t bottom = landscape.grid().height;
  const std::int64_t bands = (bottom + kBandRows - 1) / kBandRows;
  const RowSweep sweep(landscape, people, questions, parameters);
  std::vector<std::vector<ZonePeople::OfZone>> partial(static_cast<std::size_t>(bands));
  executor.items(bands, "people and their surroundings", [&](std::int64_t band) {
    auto& zones = partial[static_cast<std::size_t>(band)];
    zones.resize(landscape.zones.size());
    RowBuffers buffers;
    const std::int64_t first = band * kBandRows;
    for (std::int64_t row = first; row < std::min(first + kBandRows, bottom); ++row) sweep.row(row, buffers, zones);
  });

  ZonePeople result;
  result.zones.resize(landscape.zones.size());
  result.has_near = questions.near_green != nullptr;
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
