#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "urbiome/facts/near_shapes.h"
#include "urbiome/facts/people.h"
#include "urbiome/facts/trees_near.h"
#include "urbiome/kernel/joined_runs.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/window_share.h"

namespace urbiome {
namespace {

// How many cells of a row's runs lie left of a column, for columns that mostly go up.
class RunCounter {
 public:
  void reset(std::span<const Run> runs) {
    runs_ = runs;
    before_.resize(runs.size() + 1);
    before_[0] = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) before_[i + 1] = before_[i] + (runs[i].end - runs[i].begin);
    at_ = 0;
  }
  std::int32_t between(std::int32_t begin, std::int32_t end) { return before(end) - before(begin); }

 private:
  std::int32_t before(std::int32_t col) {
    if (at_ > 0 && runs_[at_ - 1].end > col) {
      at_ = static_cast<std::size_t>(
          std::partition_point(runs_.begin(), runs_.end(), [&](const Run& run) { return run.end <= col; }) -
          runs_.begin());
    }
    while (at_ < runs_.size() && runs_[at_].end <= col) ++at_;
    const bool cut = at_ < runs_.size() && runs_[at_].begin < col;
    return before_[at_] + (cut ? col - runs_[at_].begin : 0);
  }

  std::span<const Run> runs_;
  std::vector<std::int32_t> before_;
  std::size_t at_ = 0;  // runs before it end at or before the last column asked for
};

void add(ZonePeople::OfZone& sum, const ZonePeople::OfZone& more) {
  sum.residents += more.residents;
  sum.on_known_cells += more.on_known_cells;
  sum.near_green += more.near_green;
  sum.green_around += more.green_around;
  sum.with_surroundings += more.with_surroundings;
  if (sum.within.size() < more.within.size()) sum.within.resize(more.within.size(), 0);
  for (std::size_t i = 0; i < more.within.size(); ++i) sum.within[i] += more.within[i];
}

// What all bands share.
class Questions {
 public:
  Questions(const Landscape& landscape, const PeopleQuestions& questions, const FactParameters& parameters)
      : landscape_(landscape),
        asked_(questions),
        parameters_(parameters),
        below_(landscape.metric.within(parameters.near_edge ? GridMetric::Kind::edge : GridMetric::Kind::centre,
                                       parameters.near_distance_m, false)),
        above_(landscape.metric.within(parameters.near_edge ? GridMetric::Kind::edge_up : GridMetric::Kind::centre,
                                       parameters.near_distance_m, false)),
        disc_(landscape.metric.within(GridMetric::Kind::centre, parameters.exposure_radius_m, false)) {
    for (const AccessQuestion& question : questions.access) {
      by_street_ |= question.reach != nullptr;
      access_.push_back(asked_near(question));
    }
    if (questions.near_green == nullptr || questions.near_green->spaces.empty()) return;
    MultiPolygon large;
    for (std::size_t i = 0; i < questions.near_green->spaces.size(); ++i) {
      if (questions.near_green->spaces[i]) large.polygons.push_back(landscape.green_spaces.polygons[i]);
    }
    shapes_ = std::make_unique<NearShapes>(large, landscape, parameters.near_distance_m);
  }

  bool near_cells() const { return asked_.near_green != nullptr && asked_.near_green->cells.has_value(); }
  // Rows above and below a band that are looked at.
  std::int64_t halo() const {
    std::int64_t rows = 0;
    if (near_cells()) rows = std::max(below_.max_down(), above_.max_down()) + 2;
    if (asked_.around) rows = std::max<std::int64_t>(rows, disc_.max_down());
    for (const AskedNear& asked : access_) {
      if (asked.canopy_disc) rows = std::max<std::int64_t>(rows, asked.canopy_disc->max_down());
    }
    return rows;
  }

  // What answers a question for cells and points; one of the three, none for all_of.
  struct AskedNear {
    std::shared_ptr<const NearShapes> shapes;  // within the distance, or (by street) inside
    std::shared_ptr<const TreesNear> trees;
    std::optional<Reach> canopy_disc;

    std::optional<RunTable> cells_near(std::int64_t first, std::int64_t end) const {
      if (shapes != nullptr) return shapes->cells_near(first, end);
      if (trees != nullptr) return trees->cells_near(first, end);
      return std::nullopt;
    }
    bool near(const Point& point) const {
      return shapes != nullptr ? shapes->near(point) : trees != nullptr && trees->near(point);
    }
  };

  const Landscape& landscape_;
  const PeopleQuestions& asked_;
  const FactParameters& parameters_;
  Reach below_, above_, disc_;
  std::unique_ptr<NearShapes> shapes_;
  bool by_street_ = false;
  std::vector<AskedNear> access_;

 private:
  AskedNear asked_near(const AccessQuestion& question) {
    AskedNear asked;
    if (question.places != nullptr) {
      const double metres = question.reach != nullptr ? 0 : question.distance_m;
      std::shared_ptr<const NearShapes>& shapes = near_places_[{question.places.get(), metres}];
      if (shapes == nullptr) shapes = std::make_shared<NearShapes>(*question.places, landscape_, metres);
      asked.shapes = shapes;
    } else if (question.trees != nullptr) {
      asked.trees = std::make_shared<TreesNear>(*question.trees, landscape_, question.distance_m, question.least_trees);
    } else if (question.canopy_percent) {
      asked.canopy_disc = landscape_.metric.within(GridMetric::Kind::centre, question.distance_m, false);
    }
    return asked;
  }

  std::map<std::pair<const MultiPolygon*, double>, std::shared_ptr<const NearShapes>> near_places_;
};

// Of one thread; kept from band to band, for they are large.
struct PeopleSeat {
  std::vector<PeopleRows> people;  // by population
  std::vector<PeopleRows::Piece> sorted_pieces;
  std::vector<PeopleRows::AtPoint> sorted_points;
  StreetsNearby::ToPlane to_plane;
};

// Goes through the people of a band row by row.
class RowsOfPeople {
 public:
  explicit RowsOfPeople(const PeopleRows& people) : people_(people) {}
  void go_to(std::int64_t row) {
    pieces_ = next(people_.pieces, piece_, row);
    points_ = next(people_.points, point_, row);
  }
  std::span<const PeopleRows::Piece> pieces() const { return pieces_; }
  std::span<const PeopleRows::AtPoint> points() const { return points_; }

 private:
  template <class T>
  static std::span<const T> next(const std::vector<T>& items, std::size_t& at, std::int64_t row) {
    const std::size_t begin = at;
    while (at < items.size() && items[at].row == row) ++at;
    return std::span(items).subspan(begin, at - begin);
  }

  const PeopleRows& people_;
  std::size_t piece_ = 0, point_ = 0;
  std::span<const PeopleRows::Piece> pieces_;
  std::span<const PeopleRows::AtPoint> points_;
};

using OfZones = std::vector<ZonePeople::OfZone>;

class PeopleBand {
 public:
  PeopleBand(const Questions& questions, std::int64_t first, std::int64_t end)
      : q_(questions), masks_(*questions.asked_.masks), first_(first), end_(end) {
    if (q_.near_cells()) large_.emplace(*q_.asked_.near_green->cells);
  }

  // By population and its zone lists, the people of the band.
  std::vector<OfZones> look(PeopleSeat& seat) {
    if (q_.by_street_ && !seat.to_plane) seat.to_plane = q_.asked_.streets->to_plane();
    to_plane_ = &seat.to_plane;
    std::vector<OfZones> lists;
    std::vector<RowsOfPeople> rows;
    bool points = false;
    for (PeopleRows& people : seat.people) {
      sort_by_row(people.pieces, seat.sorted_pieces);
      sort_by_row(people.points, seat.sorted_points);
      points |= !people.points.empty();
      ZonePeople::OfZone none;
      none.within.assign(q_.asked_.access.size(), 0);
      lists.emplace_back(people.zone_lists.size(), none);
      rows.emplace_back(people);
    }
    prepare(points);
    for (std::int64_t row = first_; row < end_; ++row) {
      for (RowsOfPeople& of : rows) of.go_to(row);
      const auto nobody = [](const RowsOfPeople& of) { return of.pieces().empty() && of.points().empty(); };
      if (std::ranges::all_of(rows, nobody)) continue;
      if (q_.by_street_) find_streets(rows, row);
      look_around(row);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const PeopleRows::Piece& p : rows[i].pieces()) add_piece(p.begin, p.end, p.amount, lists[i][p.zones]);
        for (const PeopleRows::AtPoint& p : rows[i].points()) add_point(p.point, row, lists[i][p.zones]);
      }
    }
    return lists;
  }

 private:
  // By counting, as there are few rows; items of a row stay in their order.
  template <class T>
  void sort_by_row(std::vector<T>& items, std::vector<T>& sorted) const {
    std::vector<std::size_t> next(static_cast<std::size_t>(end_ - first_) + 1, 0);
    for (const T& item : items) ++next[static_cast<std::size_t>(item.row - first_) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    sorted.resize(items.size());
    for (const T& item : items) sorted[next[static_cast<std::size_t>(item.row - first_)]++] = item;
    items.swap(sorted);
  }

  std::span<const Run> large_runs(std::int64_t row) {
    all_.clear();
    kept_.clear();
    masks_.append_runs(q_.asked_.green, row, all_);
    large_->go_to(row);
    large_->keep(all_, kept_);
    return kept_;
  }

  RunTable rows_of(std::size_t set, std::int64_t first, std::int64_t end) const {
    RunTable table;
    for (std::int64_t row = first; row < end; ++row) {
      masks_.append_runs(set, row, table.runs);
      table.offsets.push_back(table.runs.size());
    }
    return table;
  }

  void prepare(bool points) {
    const std::int64_t height = q_.landscape_.grid().height, width = q_.landscape_.grid().width;
    top_ = std::max<std::int64_t>(first_ - q_.halo(), 0);
    const std::int64_t bottom = std::min(end_ + q_.halo(), height);
    if (q_.near_cells()) {
      near_ = near_rows(first_, end_, height, width, TwoWayReach{q_.below_, q_.above_},
                        [&](std::int64_t row) { return large_runs(row); });
      if (points) {
        for (std::int64_t row = top_; row < bottom; ++row) large_table_.append_row(large_runs(row));
        near_points_.emplace(large_table_, top_, q_.landscape_, q_.below_, q_.parameters_);
      }
    }
    if (q_.shapes_) near_shapes_ = q_.shapes_->cells_near(first_, end_);
    bool canopy = false;
    for (const Questions::AskedNear& asked : q_.access_) {
      access_cells_.push_back(asked.cells_near(first_, end_));
      canopy |= asked.canopy_disc.has_value();
    }
    access_counts_.resize(access_cells_.size());
    access_runs_.resize(access_cells_.size());
    if (q_.asked_.around || canopy) known_ = rows_of(q_.asked_.known, top_, bottom);
    if (q_.asked_.around) green_ = rows_of(q_.asked_.green, top_, bottom);
    if (canopy) canopy_ = rows_of(q_.asked_.canopy, top_, bottom);
  }

  void look_around(std::int64_t row) {
    known_runs_.clear();
    masks_.append_runs(q_.asked_.known, row, known_runs_);
    known_count_.reset(known_runs_);
    near_runs_.clear();
    if (q_.near_cells()) {
      const auto runs = near_.of_row(row - first_);
      near_runs_.assign(runs.begin(), runs.end());
    }
    if (q_.shapes_) join(near_shapes_.of_row(row - first_), near_runs_);
    near_count_.reset(near_runs_);
    look_for_access(row);
    if (q_.asked_.around) look_at_discs(row);
  }

  // Cells of the row from which each question is answered by yes; along streets only cells over which people are
  // spread.
  void look_for_access(std::int64_t row) {
    for (std::size_t i = 0; i < access_cells_.size(); ++i) {
      const AccessQuestion& question = q_.asked_.access[i];
      std::vector<Run>& runs = access_runs_[i];
      runs.clear();
      if (access_cells_[i]) {
        const auto near = access_cells_[i]->of_row(row - first_);
        runs.assign(near.begin(), near.end());
      }
      if (question.reach != nullptr) {
        walking_.clear();
        for (const auto& [col, at] : on_streets_) {
          if (question.within(at)) walking_.push_back({col, col + 1});
        }
        join(walking_, runs);
      }
      if (question.canopy_percent) find_canopy(*q_.access_[i].canopy_disc, *question.canopy_percent, row, runs);
      if (!question.all_of.empty()) find_all_of(question.all_of, runs);
      access_counts_[i].reset(runs);
    }
  }

  // Cells around which the share of canopy in known cells is large enough.
  void find_canopy(const Reach& disc, double least_percent, std::int64_t row, std::vector<Run>& runs) {
    const auto width = static_cast<std::size_t>(q_.landscape_.grid().width);
    canopy_cells_.assign(width, 0);
    known_cells_.assign(width, 0);
    count_in_reach(canopy_, disc, row, canopy_cells_, top_);
    count_in_reach(known_, disc, row, known_cells_, top_);
    for (std::size_t col = 0; col < width; ++col) {
      const auto known = static_cast<double>(known_cells_[col]);
      if (known == 0 || 100 * static_cast<double>(canopy_cells_[col]) < least_percent * known) continue;
      const auto at = static_cast<std::int32_t>(col);
      if (!runs.empty() && runs.back().end == at)
        ++runs.back().end;
      else
        runs.push_back({at, at + 1});
    }
  }

  void find_all_of(const std::vector<std::size_t>& questions, std::vector<Run>& runs) {
    runs = access_runs_[questions.front()];
    for (std::size_t i = 1; i < questions.size(); ++i) {
      shared_.clear();
      append_shared(runs, access_runs_[questions[i]], shared_);
      runs.swap(shared_);
    }
  }

  std::optional<StreetPosition> street_at(const Point& point) const {
    const std::optional<Point> in_plane = (*to_plane_)(point);
    return in_plane ? q_.asked_.streets->graph->nearest(*in_plane, q_.asked_.streets->snap_max_m) : std::nullopt;
  }

  // Streets of the cells over which people are spread; who lives at a point looks for himself.
  void find_streets(const std::vector<RowsOfPeople>& rows, std::int64_t row) {
    const Grid& grid = q_.landscape_.grid();
    populated_.clear();
    for (const RowsOfPeople& of : rows) {
      for (const PeopleRows::Piece& piece : of.pieces()) populated_.push_back({piece.begin, piece.end});
    }
    sort_and_join(populated_);
    on_streets_.clear();
    for (const Run& run : populated_) {
      for (std::int32_t col = run.begin; col < run.end; ++col) {
        const Point centre{grid.x_of(col + 0.5), grid.y_of(static_cast<double>(row) + 0.5)};
        if (const auto at = street_at(centre)) on_streets_.emplace_back(col, *at);
      }
    }
  }

  // Adds sorted runs to others.
  static void join(std::span<const Run> more, std::vector<Run>& runs) {
    const auto middle = static_cast<std::ptrdiff_t>(runs.size());
    runs.insert(runs.end(), more.begin(), more.end());
    std::inplace_merge(runs.begin(), runs.begin() + middle, runs.end(),
                       [](const Run& a, const Run& b) { return a.begin < b.begin; });
    join_touching(runs);
  }

  // Running sums up to each column: cells that see a known cell, and the share of green that they see, in 2^-40.
  void look_at_discs(std::int64_t row) {
    const auto width = static_cast<std::size_t>(q_.landscape_.grid().width);
    surrounded_.assign(width + 1, 0);
    green_share_.assign(width + 1, 0);
    green_cells_.assign(width, 0);
    known_cells_.assign(width, 0);
    count_in_reach(green_, q_.disc_, row, green_cells_, top_);
    count_in_reach(known_, q_.disc_, row, known_cells_, top_);
    for (std::size_t col = 0; col < width; ++col) {
      const bool known = known_cells_[col] > 0;
      surrounded_[col + 1] = surrounded_[col] + (known ? 1 : 0);
      green_share_[col + 1] =
          green_share_[col] + (known ? scale_exactly(kOne, green_cells_[col], known_cells_[col]) : 0);
    }
  }

  void add_piece(std::int32_t begin, std::int32_t end, std::int64_t amount, ZonePeople::OfZone& sum) {
    const std::int32_t cells = end - begin;
    const auto part = [&](std::int32_t of) {
      return of == cells ? amount : of == 0 ? 0 : scale_exactly(amount, of, cells);
    };
    sum.residents += amount;
    sum.on_known_cells += part(known_count_.between(begin, end));
    sum.near_green += part(near_count_.between(begin, end));
    for (std::size_t i = 0; i < access_counts_.size(); ++i)
      sum.within[i] += part(access_counts_[i].between(begin, end));
    if (!q_.asked_.around) return;
    const auto b = static_cast<std::size_t>(begin), e = static_cast<std::size_t>(end);
    sum.with_surroundings += part(surrounded_[e] - surrounded_[b]);
    sum.green_around += (Int128{amount} * (green_share_[e] - green_share_[b]) / cells + kOne / 2) >> kFractionBits;
  }

  // A point is near or not by itself; what surrounds it is taken from its cell.
  void add_point(const PeoplePoint& point, std::int64_t row, ZonePeople::OfZone& sum) {
    ZonePeople::OfZone cell;
    cell.within.assign(access_counts_.size(), 0);
    add_piece(point.col, point.col + 1, point.amount, cell);
    const bool near = (near_points_ && near_points_->near(point.at, row)) || (q_.shapes_ && q_.shapes_->near(point.at));
    cell.near_green = near ? point.amount : 0;
    ask_access(point, cell);
    add(sum, cell);
  }

  void ask_access(const PeoplePoint& point, ZonePeople::OfZone& sum) {
    std::optional<StreetPosition> at;
    bool looked = false;
    yes_.assign(sum.within.size(), false);
    for (std::size_t i = 0; i < sum.within.size(); ++i) {
      const AccessQuestion& question = q_.asked_.access[i];
      bool near = q_.access_[i].near(point.at);
      if (!near && question.reach != nullptr) {
        if (!looked) at = street_at(point.at);
        looked = true;
        near = at && question.within(*at);
      }
      if (question.canopy_percent) near = access_counts_[i].between(point.col, point.col + 1) > 0;
      if (!question.all_of.empty())
        near = std::ranges::all_of(question.all_of, [&](std::size_t other) { return yes_[other]; });
      yes_[i] = near;
      sum.within[i] = near ? point.amount : 0;
    }
  }

  const Questions& q_;
  const RoleMasks& masks_;
  const StreetsNearby::ToPlane* to_plane_ = nullptr;
  std::int64_t first_, end_, top_ = 0;
  std::optional<LargePatches::Reader> large_;
  std::vector<Run> all_, kept_, known_runs_, near_runs_;
  RunTable near_, near_shapes_, large_table_, green_, known_, canopy_;
  std::vector<Run> shared_;
  std::vector<bool> yes_;
  std::vector<std::int64_t> canopy_cells_;
  std::vector<Run> populated_, walking_;
  std::vector<std::optional<RunTable>> access_cells_;
  std::vector<std::vector<Run>> access_runs_;
  std::vector<RunCounter> access_counts_;
  std::vector<std::pair<std::int32_t, StreetPosition>> on_streets_;  // of the row's populated cells, by column
  std::optional<NearRuns> near_points_;
  RunCounter known_count_, near_count_;
  std::vector<std::int64_t> green_cells_, known_cells_, green_share_;
  std::vector<std::int32_t> surrounded_;
};

// False: nobody lives in these rows.
bool find_people(std::span<const Population> populations, std::int64_t first, std::int64_t end,
                 std::vector<PeopleRows>& people) {
  people.resize(populations.size());
  bool anybody = false;
  for (std::size_t i = 0; i < populations.size(); ++i) {
    people[i].clear();
    for (const auto& source : populations[i].sources) source->rows(first, end, people[i]);
    anybody |= !people[i].empty();
  }
  return anybody;
}

std::vector<OfZones> by_zone(const std::vector<OfZones>& lists, const std::vector<PeopleRows>& people,
                             std::size_t zone_count) {
  std::vector<OfZones> zones(lists.size(), OfZones(zone_count));
  for (std::size_t p = 0; p < lists.size(); ++p) {
    for (std::size_t list = 0; list < lists[p].size(); ++list) {
      for (const std::uint32_t zone : people[p].zone_lists[list]) add(zones[p][zone], lists[p][list]);
    }
  }
  return zones;
}

}  // namespace

std::vector<ZonePeople> zone_people(const Landscape& landscape, std::span<const Population> populations,
                                    const PeopleQuestions& asked, const FactParameters& parameters,
                                    Executor& executor) {
  constexpr std::string_view kPhase = "people and their surroundings";
  constexpr std::int64_t kLeastRows = 64, kMostRows = 1024, kMostCells = std::int64_t{1} << 22;
  const Questions questions(landscape, asked, parameters);
  std::vector<ZonePeople> result(populations.size());
  std::int64_t together = 1;
  for (std::size_t i = 0; i < populations.size(); ++i) {
    result[i] = {populations[i].group, OfZones(landscape.zones.size()), asked.near_green != nullptr, asked.around};
    for (auto& zone : result[i].zones) zone.within.assign(asked.access.size(), 0);
    for (const auto& source : populations[i].sources) together = std::max(together, source->rows_together());
  }

  const std::int64_t height = landscape.grid().height, halo = questions.halo();
  // Rows of the halo are looked at again for every band. So many rows that the halo costs little, so few that the
  // pieces of people in them take little memory.
  const std::int64_t affordable = std::max({kMostCells / landscape.grid().width, 2 * halo, kLeastRows});
  const std::int64_t rows = std::min(std::clamp(8 * halo, kLeastRows, kMostRows), affordable);
  const std::int64_t band_rows = (rows + together - 1) / together * together;
  const std::int64_t wave_rows = 2 * band_rows * executor.threads();
  std::vector<PeopleSeat> seats(static_cast<std::size_t>(executor.threads()));
  for (std::int64_t wave = 0; wave < height; wave += wave_rows) {
    const std::int64_t end = std::min(wave + wave_rows, height);
    asked.masks->load_rows(wave - halo, end + halo);
    const std::int64_t bands = (end - wave + band_rows - 1) / band_rows;
    std::vector<std::vector<OfZones>> sums(static_cast<std::size_t>(bands));
    executor.parts(bands, "people on the grid", [&](std::int64_t i) {
      const std::int64_t first = wave + i * band_rows, last = std::min(first + band_rows, end);
      PeopleSeat& seat = seats[static_cast<std::size_t>(executor.current_slot())];
      if (!find_people(populations, first, last, seat.people)) return;
      const auto lists = PeopleBand(questions, first, last).look(seat);
      sums[static_cast<std::size_t>(i)] = by_zone(lists, seat.people, landscape.zones.size());
    });
    for (const auto& band : sums) {
      for (std::size_t p = 0; p < band.size(); ++p) {
        for (std::size_t z = 0; z < band[p].size(); ++z) add(result[p].zones[z], band[p][z]);
      }
    }
    asked.masks->forget_above(end - halo);
    executor.tell(kPhase, static_cast<double>(end) / static_cast<double>(height));
  }
  return result;
}

}  // namespace urbiome
