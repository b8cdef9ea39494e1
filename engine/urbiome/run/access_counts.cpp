#include "urbiome/run/access_counts.h"

#include <algorithm>
#include <optional>

#include "urbiome/facts/near_shapes.h"
#include "urbiome/kernel/joined_runs.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBandRows = 64;

using Changes = std::vector<std::vector<std::vector<GainedAndLost>>>;  // by question, population and zone
using Runs = std::vector<Run>;

Runs common(const Runs& a, const Runs& b) {
  Runs both;
  append_shared(a, b, both);
  return both;
}

std::int64_t cells_between(const Runs& runs, std::int32_t begin, std::int32_t end) {
  std::int64_t cells = 0;
  auto run = std::ranges::partition_point(runs, [&](const Run& r) { return r.end <= begin; });
  for (; run != runs.end() && run->begin < end; ++run) cells += std::min(run->end, end) - std::max(run->begin, begin);
  return cells;
}

// What all bands share of one state: in a place, or near enough in a straight line.
class State {
 public:
  State(const AccessState& of, const Landscape& landscape) : of_(of), landscape_(landscape) {
    for (const AccessQuestion* question : of.questions) {
      by_street_ |= question->reach != nullptr;
      near_.push_back(std::make_unique<NearShapes>(*question->places, landscape,
                                                   question->reach != nullptr ? 0 : question->distance_m));
    }
  }

  const AccessState& of_;
  const Landscape& landscape_;
  bool by_street_ = false;
  std::vector<std::unique_ptr<NearShapes>> near_;
};

// One state over the rows of a band.
class StateInBand {
 public:
  StateInBand(const State& state, std::int64_t first, std::int64_t end) : state_(state), first_(first) {
    if (state.by_street_) to_plane_ = state.of_.streets->to_plane();
    for (const auto& near : state.near_) cells_.push_back(near->cells_near(first, end));
  }

  // By question, the cells of a row that are within reach; along streets only those of `populated`.
  std::vector<Runs> within(std::int64_t row, const Runs& populated) const {
    std::vector<std::pair<std::int32_t, StreetPosition>> on_streets;
    const Grid& grid = state_.landscape_.grid();
    for (const Run& run : state_.by_street_ ? populated : Runs{}) {
      for (std::int32_t col = run.begin; col < run.end; ++col) {
        const Point centre{grid.x_of(col + 0.5), grid.y_of(static_cast<double>(row) + 0.5)};
        if (const auto at = street_at(centre)) on_streets.emplace_back(col, *at);
      }
    }
    std::vector<Runs> found;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const auto near = cells_[i].of_row(row - first_);
      Runs runs(near.begin(), near.end());
      const AccessQuestion& question = *state_.of_.questions[i];
      for (const auto& [col, at] : on_streets) {
        if (question.reach != nullptr && question.within(at)) runs.push_back({col, col + 1});
      }
      sort_and_join(runs);
      found.push_back(std::move(runs));
    }
    return found;
  }

  std::vector<bool> within(const Point& point) const {
    const std::optional<StreetPosition> at = state_.by_street_ ? street_at(point) : std::nullopt;
    std::vector<bool> found;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const AccessQuestion& question = *state_.of_.questions[i];
      found.push_back(state_.near_[i]->near(point) || (question.reach != nullptr && at && question.within(*at)));
    }
    return found;
  }

 private:
  std::optional<StreetPosition> street_at(const Point& point) const {
    const std::optional<Point> in_plane = to_plane_(point);
    const StreetsNearby& streets = *state_.of_.streets;
    return in_plane ? streets.graph->nearest(*in_plane, streets.snap_max_m) : std::nullopt;
  }

  const State& state_;
  std::int64_t first_;
  StreetsNearby::ToPlane to_plane_;
  std::vector<RunTable> cells_;  // by question
};

// The people of a band, by row.
class PeopleOfBand {
 public:
  PeopleOfBand(std::span<const Population> populations, std::int64_t first, std::int64_t end) {
    for (const Population& population : populations) {
      PeopleRows rows;
      for (const auto& source : population.sources) source->rows(first, end, rows);
      std::ranges::stable_sort(rows.pieces, {}, &PeopleRows::Piece::row);
      std::ranges::stable_sort(rows.points, {}, &PeopleRows::AtPoint::row);
      people_.push_back(std::move(rows));
    }
  }

  const PeopleRows& of(std::size_t population) const { return people_[population]; }
  std::size_t populations() const { return people_.size(); }
  std::span<const PeopleRows::Piece> pieces(std::size_t population, std::int64_t row) const {
    return of_row(people_[population].pieces, row);
  }
  std::span<const PeopleRows::AtPoint> points(std::size_t population, std::int64_t row) const {
    return of_row(people_[population].points, row);
  }
  Runs populated(std::int64_t row) const {
    Runs runs;
    for (std::size_t p = 0; p < people_.size(); ++p) {
      for (const PeopleRows::Piece& piece : pieces(p, row)) runs.push_back({piece.begin, piece.end});
    }
    sort_and_join(runs);
    return runs;
  }

 private:
  template <class T>
  static std::span<const T> of_row(const std::vector<T>& items, std::int64_t row) {
    const auto found = std::ranges::equal_range(items, static_cast<std::int32_t>(row), {}, &T::row);
    return {found.begin(), found.end()};
  }
  std::vector<PeopleRows> people_;
};

class ChangesInBand {
 public:
  ChangesInBand(const State& before, const State& after, const PeopleOfBand& people, std::size_t zones,
                std::int64_t first, std::int64_t end)
      : people_(people),
        before_(before, first, end),
        after_(after, first, end),
        sums_(before.near_.size(), std::vector(people.populations(), std::vector<GainedAndLost>(zones))) {
    for (std::int64_t row = first; row < end; ++row) {
      add_pieces(row);
      for (std::size_t p = 0; p < people.populations(); ++p) add_points(row, p);
    }
  }
  Changes take() { return std::move(sums_); }

 private:
  void add_pieces(std::int64_t row) {
    const Runs populated = people_.populated(row);
    if (populated.empty()) return;
    const std::vector<Runs> before = before_.within(row, populated), after = after_.within(row, populated);
    for (std::size_t q = 0; q < sums_.size(); ++q) {
      if (before[q] == after[q]) continue;
      const Runs both = common(before[q], after[q]);
      for (std::size_t p = 0; p < people_.populations(); ++p) {
        for (const PeopleRows::Piece& piece : people_.pieces(p, row)) {
          const std::int64_t kept = cells_between(both, piece.begin, piece.end);
          const auto part = [&](const Runs& of) {
            return scale_exactly(piece.amount, cells_between(of, piece.begin, piece.end) - kept,
                                 piece.end - piece.begin);
          };
          add(q, p, piece.zones, {part(after[q]), part(before[q])});
        }
      }
    }
  }

  void add_points(std::int64_t row, std::size_t p) {
    for (const PeopleRows::AtPoint& point : people_.points(p, row)) {
      const std::vector<bool> before = before_.within(point.point.at), after = after_.within(point.point.at);
      for (std::size_t q = 0; q < sums_.size(); ++q) {
        if (before[q] != after[q])
          add(q, p, point.zones, {after[q] ? point.point.amount : 0, before[q] ? point.point.amount : 0});
      }
    }
  }

  void add(std::size_t question, std::size_t population, std::uint32_t list, const GainedAndLost& more) {
    for (const std::uint32_t zone : people_.of(population).zone_lists[list]) {
      sums_[question][population][zone].gained += more.gained;
      sums_[question][population][zone].lost += more.lost;
    }
  }

  const PeopleOfBand& people_;
  StateInBand before_, after_;
  Changes sums_;
};

void add(Changes& sums, const Changes& more) {
  for (std::size_t q = 0; q < more.size(); ++q) {
    for (std::size_t p = 0; p < more[q].size(); ++p) {
      for (std::size_t z = 0; z < more[q][p].size(); ++z) {
        sums[q][p][z].gained += more[q][p][z].gained;
        sums[q][p][z].lost += more[q][p][z].lost;
      }
    }
  }
}

}  // namespace

Changes count_changes(const AccessState& before, const AccessState& after, const Landscape& landscape,
                      std::span<const Population> populations, Executor& executor) {
  const State one(before, landscape), other(after, landscape);
  const std::size_t zones = landscape.zones.size();
  Changes sums(before.questions.size(), std::vector(populations.size(), std::vector<GainedAndLost>(zones)));
  std::int64_t together = 1;
  for (const Population& population : populations) {
    for (const auto& source : population.sources) together = std::max(together, source->rows_together());
  }
  const std::int64_t height = landscape.grid().height, rows = (kBandRows + together - 1) / together * together;
  const std::int64_t wave = rows * 2 * executor.threads();
  for (std::int64_t top = 0; top < height; top += wave) {
    const std::int64_t bottom = std::min(top + wave, height);
    std::vector<Changes> of_bands(static_cast<std::size_t>((bottom - top + rows - 1) / rows));
    executor.parts(static_cast<std::int64_t>(of_bands.size()), "people on the grid", [&](std::int64_t i) {
      const std::int64_t first = top + i * rows, end = std::min(first + rows, bottom);
      const PeopleOfBand people(populations, first, end);
      of_bands[static_cast<std::size_t>(i)] = ChangesInBand(one, other, people, zones, first, end).take();
    });
    for (const Changes& band : of_bands) add(sums, band);
    executor.tell("who gains and loses access", static_cast<double>(bottom) / static_cast<double>(height));
  }
  return sums;
}

std::vector<std::vector<Int128>> count_residents(const Landscape& landscape, std::span<const Population> populations) {
  std::vector<std::vector<Int128>> residents(populations.size(), std::vector<Int128>(landscape.zones.size(), 0));
  const std::int64_t height = landscape.grid().height;
  for (std::size_t p = 0; p < populations.size(); ++p) {
    for (const auto& source : populations[p].sources) {
      const std::int64_t rows =
          (kBandRows + source->rows_together() - 1) / source->rows_together() * source->rows_together();
      for (std::int64_t first = 0; first < height; first += rows) {
        PeopleRows people;
        source->rows(first, std::min(first + rows, height), people);
        const auto add = [&](std::uint32_t list, std::int64_t amount) {
          for (const std::uint32_t zone : people.zone_lists[list]) residents[p][zone] += amount;
        };
        for (const PeopleRows::Piece& piece : people.pieces) add(piece.zones, piece.amount);
        for (const PeopleRows::AtPoint& point : people.points) add(point.zones, point.point.amount);
      }
    }
  }
  return residents;
}

}  // namespace urbiome
