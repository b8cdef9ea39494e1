#include "urbiome/facts/people.h"

#include <algorithm>
#include <numeric>

namespace urbiome {
namespace {

constexpr int kBorderBits = 32;  // of a source's weight: what a border that is drawn twice may lack or add

struct WeightedStretch {
  std::int64_t row;
  std::int32_t begin, end;
  Int128 weight;
};

std::vector<WeightedStretch> weighted(const Coverage& coverage, bool by_cell, const CellAreas& areas) {
  std::vector<WeightedStretch> list;
  for (std::int64_t row = coverage.first_row; row < coverage.row_end(); ++row) {
    const auto spans = coverage.spans_of(row);
    const auto partials = coverage.partials_of(row);
    std::size_t s = 0, p = 0;
    while (s < spans.size() || p < partials.size()) {
      if (p == partials.size() || (s < spans.size() && spans[s].begin < partials[p].col)) {
        const CellSpan& span = spans[s++];
        const Int128 weight =
            by_cell ? Int128{span.end - span.begin} * kOne : Int128{areas.between(row, span.begin, span.end)};
        list.push_back({row, span.begin, span.end, weight});
      } else {
        const PartialCell& cell = partials[p++];
        const Int128 weight =
            by_cell ? Int128{cell.share} : Int128{scale_exactly(areas.cell(row, cell.col), cell.share, kOne)};
        list.push_back({row, cell.col, cell.col + 1, weight});
      }
    }
  }
  return list;
}

// Sorts items by row (stable) and fills offsets of `rows` + 1 entries, row `first_row` first.
template <class T>
void sort_by_row(std::vector<T>& items, std::vector<std::int32_t>& item_rows, std::int64_t first_row, std::int64_t rows,
                 std::vector<std::size_t>& offsets) {
  offsets.assign(static_cast<std::size_t>(rows) + 1, 0);
  for (const std::int32_t row : item_rows) ++offsets[static_cast<std::size_t>(row - first_row) + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::size_t> place(offsets.begin(), offsets.end() - 1);
  std::vector<T> sorted(items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    sorted[place[static_cast<std::size_t>(item_rows[i] - first_row)]++] = items[i];
  items = std::move(sorted);
  item_rows = {};
}

}  // namespace

Int128 PeopleField::weight(const Coverage& coverage, bool by_cell, const CellAreas& areas) {
  Int128 total = 0;
  for (const WeightedStretch& stretch : weighted(coverage, by_cell, areas)) total += stretch.weight;
  return total;
}

bool PeopleField::add(const Coverage& coverage, std::int64_t people, bool by_cell, const CellAreas& areas) {
  return add_part(coverage, weight(coverage, by_cell, areas), people, by_cell, areas);
}

std::vector<PeopleField::Part> PeopleField::parts_of(const Coverage& part, Int128 whole_weight, std::int64_t people,
                                                     bool by_cell, const CellAreas& areas) {
  std::vector<Part> parts;
  if (whole_weight <= 0) return parts;
  const PartsOfAmount of_people(people, whole_weight);
  Int128 running = 0;
  std::int64_t placed = 0;
  for (const WeightedStretch& stretch : weighted(part, by_cell, areas)) {
    running += stretch.weight;
    const std::int64_t until = of_people(running);
    if (until != placed) parts.push_back({stretch.row, {stretch.begin, stretch.end, until - placed}});
    placed = until;
  }
  return parts;
}

bool PeopleField::add_part(const Coverage& part, Int128 whole_weight, std::int64_t people, bool by_cell,
                           const CellAreas& areas) {
  const Int128 in_part = weight(part, by_cell, areas), noise = whole_weight >> kBorderBits;
  if (whole_weight <= 0 || in_part <= noise) return false;
  const bool is_whole = whole_weight - in_part <= noise;
  for (const Part& one : parts_of(part, is_whole ? in_part : whole_weight, people, by_cell, areas)) {
    pieces_.push_back(one.piece);
    piece_rows_.push_back(static_cast<std::int32_t>(one.row));
    total_ += one.piece.amount;
  }
  return true;
}

bool PeopleField::add(const Point& point, std::int64_t people) {
  const double col = std::floor(grid_.col_of(point.x)), row = std::floor(grid_.row_of(point.y));
  if (!(col >= 0 && row >= 0 && col < static_cast<double>(grid_.width) && row < static_cast<double>(grid_.height)))
    return false;
  points_.push_back({point, static_cast<std::int32_t>(col), people});
  point_rows_.push_back(static_cast<std::int32_t>(row));
  total_ += people;
  return true;
}

void PeopleField::finish() {
  std::int64_t first = grid_.height, end = 0;
  for (const auto* rows : {&piece_rows_, &point_rows_}) {
    for (const std::int64_t row : *rows) {
      first = std::min(first, row);
      end = std::max(end, row + 1);
    }
  }
  first_row_ = std::min(first, end);
  sort_by_row(pieces_, piece_rows_, first_row_, end - first_row_, piece_offsets_);
  sort_by_row(points_, point_rows_, first_row_, end - first_row_, point_offsets_);
}

std::int64_t PeopleField::bytes() const {
  return static_cast<std::int64_t>(pieces_.capacity() * (sizeof(PeoplePiece) + 4) +
                                   points_.capacity() * sizeof(PeoplePoint));
}

namespace {

// The part of whole cells' people that a zone covers.
void take_share(const PeopleField& cells, const Coverage& zone, std::int64_t row, PeopleField& into,
                const CellAreas& areas) {
  const auto take = [&](std::int32_t begin, std::int32_t end, std::int64_t amount) {
    Coverage stretch;
    stretch.first_row = row;
    stretch.append_row(std::vector<CellSpan>{{begin, end}}, {});
    into.add(stretch, amount, true, areas);
  };
  for (const PeoplePiece& piece : cells.pieces_of(row)) {
    const std::int64_t n = piece.end - piece.begin;
    for (const CellSpan& span : zone.spans_of(row)) {
      const std::int32_t begin = std::max(span.begin, piece.begin), end = std::min(span.end, piece.end);
      if (begin < end) take(begin, end, scale_exactly(piece.amount, end - begin, n));
    }
    for (const PartialCell& cell : zone.partials_of(row)) {
      if (cell.col >= piece.begin && cell.col < piece.end)
        take(cell.col, cell.col + 1, scale_exactly(piece.amount, cell.share, n * kOne));
    }
  }
}

}  // namespace

PlacedPeople::PlacedPeople(const PeopleField& cells, const Landscape& landscape) {
  for (const Zone& zone : landscape.zones) {
    PeopleField field(landscape.grid());
    for (std::int64_t row = zone.coverage.first_row; row < zone.coverage.row_end(); ++row) {
      take_share(cells, zone.coverage, row, field, landscape.areas);
      for (const PeoplePoint& point : cells.points_of(row)) {
        const auto in_span = [&](const CellSpan& span) { return point.col >= span.begin && point.col < span.end; };
        const auto spans = zone.coverage.spans_of(row);
        if (std::any_of(spans.begin(), spans.end(), in_span)) field.add(point.at, point.amount);
        for (const PartialCell& cell : zone.coverage.partials_of(row)) {
          if (cell.col == point.col) field.add(point.at, scale_exactly(point.amount, cell.share, kOne));
        }
      }
    }
    field.finish();
    zones.push_back(std::move(field));
  }
}

void PlacedPeople::rows(std::int64_t first, std::int64_t end, PeopleRows& out) const {
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    const auto list = static_cast<std::uint32_t>(out.zone_lists.size());
    bool any = false;
    for (std::int64_t row = first; row < end; ++row) {
      const auto at = static_cast<std::int32_t>(row);
      for (const PeoplePiece& piece : zones[zone].pieces_of(row))
        out.pieces.push_back({piece.begin, piece.end, piece.amount, at, list}), any = true;
      for (const PeoplePoint& point : zones[zone].points_of(row)) out.points.push_back({point, at, list}), any = true;
    }
    if (any) out.zone_lists.push_back({static_cast<std::uint32_t>(zone)});
  }
}

Coverage within_runs(const Coverage& coverage, const RunTable& runs) {
  Coverage result;
  result.first_row = coverage.first_row;
  std::vector<CellSpan> spans;
  std::vector<PartialCell> partials;
  for (std::int64_t row = coverage.first_row; row < coverage.row_end(); ++row) {
    spans.clear();
    partials.clear();
    const auto row_runs = runs.of_row(row);
    std::size_t r = 0;
    for (const CellSpan& span : coverage.spans_of(row)) {
      while (r < row_runs.size() && row_runs[r].end <= span.begin) ++r;
      for (std::size_t i = r; i < row_runs.size() && row_runs[i].begin < span.end; ++i) {
        spans.push_back({std::max(row_runs[i].begin, span.begin), std::min(row_runs[i].end, span.end)});
      }
    }
    for (const PartialCell& cell : coverage.partials_of(row)) {
      const auto next = std::upper_bound(row_runs.begin(), row_runs.end(), cell.col,
                                         [](std::int32_t col, const Run& run) { return col < run.end; });
      if (next != row_runs.end() && next->begin <= cell.col) partials.push_back(cell);
    }
    result.append_row(spans, partials);
  }
  return result;
}

}  // namespace urbiome
