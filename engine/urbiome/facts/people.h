// Residents on the grid: sources (polygons, raster cells, points) spread over cells so that parts sum to the whole.
//
// Amounts are fixed-point people (2^-40). A source's people are split along its cells in row-major order by rounding
// the running share, so every person is somewhere and the sum is exact whatever happens afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/access.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/patches.h"
#include "urbiome/facts/role_masks.h"
#include "urbiome/kernel/runs.h"

namespace urbiome {

struct PeoplePiece {
  std::int32_t begin, end;  // columns
  std::int64_t amount;      // people in all these cells, spread evenly over them
};

// A resident (or several) at a point rather than in a cell's middle.
struct PeoplePoint {
  Point at;
  std::int32_t col;
  std::int64_t amount;
};

class PeopleField {
 public:
  explicit PeopleField(const Grid& grid) : grid_(grid) {}

  // What a coverage weighs when people are spread over it: covered area, or covered cells when `by_cell`.
  static Int128 weight(const Coverage& coverage, bool by_cell, const CellAreas& areas);

  // Spreads `people` (fixed-point) over the cells of the coverage. An empty coverage places nobody and returns false.
  bool add(const Coverage& coverage, std::int64_t people, bool by_cell, const CellAreas& areas);
  // Of a source of `people` that weighs `whole_weight`, the part that lies in `part`: all where it lacks less than
  // 2^-32 of the whole, nobody where it holds no more. Borders that are drawn twice differ by so much. False: nobody.
  bool add_part(const Coverage& part, Int128 whole_weight, std::int64_t people, bool by_cell, const CellAreas& areas);
  // The pieces that add_part() would place.
  struct Part {
    std::int64_t row;
    PeoplePiece piece;
  };
  static std::vector<Part> parts_of(const Coverage& part, Int128 whole_weight, std::int64_t people, bool by_cell,
                                    const CellAreas& areas);
  // False when the point lies outside the grid.
  bool add(const Point& point, std::int64_t people);

  // Sorts what was added by row; call once, before reading.
  void finish();

  std::span<const PeoplePiece> pieces_of(std::int64_t row) const { return of_row(pieces_, piece_offsets_, row); }
  std::span<const PeoplePoint> points_of(std::int64_t row) const { return of_row(points_, point_offsets_, row); }
  bool empty_row(std::int64_t row) const { return pieces_of(row).empty() && points_of(row).empty(); }
  Int128 total() const { return total_; }
  std::int64_t bytes() const;

 private:
  template <class T>
  std::span<const T> of_row(const std::vector<T>& all, const std::vector<std::size_t>& offsets,
                            std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row - first_row_);
    if (row < first_row_ || i + 1 >= offsets.size()) return {};
    return {all.data() + offsets[i], offsets[i + 1] - offsets[i]};
  }

  Grid grid_;
  std::int64_t first_row_ = 0;  // rows without anybody at either end are not kept
  std::vector<PeoplePiece> pieces_;
  std::vector<PeoplePoint> points_;
  std::vector<std::int32_t> piece_rows_, point_rows_;
  std::vector<std::size_t> piece_offsets_, point_offsets_;
  Int128 total_ = 0;
};

// The coverage cut to the runs of a table (spread = "built").
Coverage within_runs(const Coverage& coverage, const RunTable& runs);

// The people of a few rows, each piece with the zones that it belongs to.
struct PeopleRows {
  struct Piece {
    std::int32_t begin, end;
    std::int64_t amount;
    std::int32_t row;
    std::uint32_t zones;  // which of zone_lists
  };
  struct AtPoint {
    PeoplePoint point;
    std::int32_t row;
    std::uint32_t zones;
  };
  std::vector<Piece> pieces;  // in any order
  std::vector<AtPoint> points;
  std::vector<std::vector<std::uint32_t>> zone_lists;

  bool empty() const { return pieces.empty() && points.empty(); }
  void clear() { pieces.clear(), points.clear(), zone_lists.clear(); }
};

// Somebody who knows where people are, row by row. rows() may be called from several threads at once.
class PeopleSource {
 public:
  virtual ~PeopleSource() = default;
  // Rows are cheapest asked for in multiples of so many.
  virtual std::int64_t rows_together() const { return 1; }
  // Appends the people of rows first .. end - 1.
  virtual void rows(std::int64_t first, std::int64_t end, PeopleRows& out) const = 0;
};

// People of every zone of a landscape, all in memory. Zones cut sources, not cells: a tract that lies whole in a zone
// gives it all its people, however its border cells are shared.
struct PlacedPeople : PeopleSource {
  std::vector<PeopleField> zones;  // as the landscape's
  PlacedPeople(std::vector<PeopleField> by_zone) : zones(std::move(by_zone)) {}
  // People of whole cells, for callers with arrays: a cell's people are spread evenly in it, zones take their covered
  // share.
  PlacedPeople(const PeopleField& cells, const Landscape& landscape);
  void rows(std::int64_t first, std::int64_t end, PeopleRows& out) const override;
};

// People by zone, and how many of them have what. Fixed-point people.
struct ZonePeople {
  std::string group;  // empty: all residents
  struct OfZone {
    Int128 residents = 0;
    Int128 on_known_cells = 0;  // residents whose own cell is classified
    Int128 near_green = 0;
    Int128 green_around = 0;       // residents x share of green around them
    Int128 with_surroundings = 0;  // residents with at least one known cell around
    std::vector<Int128> within;    // by question of access: residents who live within its distance
  };
  std::vector<OfZone> zones;
  bool has_near = false, has_around = false;
};

// Land cover as the sweep sees it: bits of roles by the number of their set.
struct PeopleQuestions {
  RoleMasks* masks = nullptr;
  std::size_t known = 0;                    // for on_known_cells and green_around
  std::size_t green = 0;                    // for green_around and near_green
  std::size_t canopy = 0;                   // for questions of canopy
  bool around = false;                      // green_around is asked for
  const GreenPlaces* near_green = nullptr;  // what counts as near; null: not asked for
  std::span<const AccessQuestion> access;
  const StreetsNearby* streets = nullptr;  // for questions along streets
};

using PeopleSources = std::vector<std::unique_ptr<PeopleSource>>;

// Residents who are counted by themselves.
struct Population {
  std::string group;  // empty: all of them
  PeopleSources sources;
};

// One sweep over the rows answers all questions, for each population in turn.
std::vector<ZonePeople> zone_people(const Landscape& landscape, std::span<const Population> populations,
                                    const PeopleQuestions& questions, const FactParameters& parameters,
                                    Executor& executor);

}  // namespace urbiome
