#include "urbiome/run/raster_people.h"

#include <algorithm>
#include <cmath>

#include "urbiome/kernel/coverage_sweep.h"
#include "urbiome/kernel/grid_edges.h"
#include "urbiome/run/zone_parts.h"

namespace urbiome {
namespace {

constexpr double kMostPeoplePerSource = 4194304;  // 2^22: what a fixed-point amount holds

// A zone as a row of people meets it.
struct ZoneInRow {
  std::uint32_t zone;
  std::vector<Run> whole;   // columns that it covers fully in every row
  std::int32_t begin, end;  // columns that it touches
};

std::vector<Run> common(const std::vector<Run>& a, std::span<const CellSpan> b) {
  std::vector<Run> both;
  for (const Run& one : a) {
    for (const CellSpan& other : b) {
      const Run run{std::max(one.begin, other.begin), std::min(one.end, other.end)};
      if (run.begin < run.end) both.push_back(run);
    }
  }
  return both;
}

}  // namespace

RasterPeople::RasterPeople(const Grid& grid, std::vector<double> people, const Landscape& landscape)
    : grid_(grid), people_(std::move(people)), landscape_(landscape) {
  const Grid& land = landscape.grid();
  const auto position = [&](std::int64_t col) {
    return std::clamp(grid_edges::in_cells(grid.x_of(static_cast<double>(col)), land.x0, land.dx), 0.0,
                      static_cast<double>(land.width));
  };
  for (std::int64_t col = 0; col < grid.width; ++col) {
    const double left = position(col), right = position(col + 1);
    Columns c{static_cast<std::int32_t>(left), static_cast<std::int32_t>(right), 0, 0};
    c.left = left - c.first;
    c.right = right - c.last;
    columns_.push_back(c);
  }
}

// One row of people: what its cells have in common, and its cells one by one.
class RasterPeople::RowOfPeople {
 public:
  RowOfPeople(const RasterPeople& of, std::int64_t row, ZoneParts& parts)
      : of_(of), land_(of.landscape_), row_(row), parts_(parts) {
    const Grid& grid = land_.grid();
    const auto position = [&](std::int64_t r) {
      return grid_edges::in_cells(-of.grid_.y_of(static_cast<double>(r)), -grid.y0, grid.dy);
    };
    const double top = position(row), bottom = position(row + 1);
    const auto height = static_cast<double>(grid.height);
    const auto first = static_cast<std::int64_t>(std::max(top, 0.0));
    const auto last = static_cast<std::int64_t>(std::ceil(std::min(bottom, height))) - 1;
    double v = std::max(top, 0.0);
    for (std::int64_t r = first; r <= last; ++r) {
      const auto line = static_cast<double>(r);
      const double next = std::min(bottom, line + 1);
      const std::int64_t high = to_fixed(next - line) - to_fixed(v - line);
      if (high > 1) lines_.push_back({r, high, CellAreas::Walk(land_.areas, r, 0), 0});
      v = next;
    }
    for (std::uint32_t zone = 0; zone < land_.zones.size(); ++zone) meet(zone);
  }

  // Appends the people of rows first .. end - 1 of the landscape.
  void add(std::int64_t first, std::int64_t end, PeopleRows& out) {
    for (std::int64_t col = 0; col < of_.grid_.width; ++col) {
      const double people = of_.people_[static_cast<std::size_t>(row_ * of_.grid_.width + col)];
      if (!(people > 0)) continue;
      lay(of_.columns_[static_cast<std::size_t>(col)]);
      if (weight_ == 0) continue;
      double part = people;
      int times = 1;
      for (; part > kMostPeoplePerSource; part /= 2) times *= 2;  // halves land on the same cells
      for (int i = 0; i < times; ++i) settle(col, to_fixed(part), first, end, out);
    }
  }

 private:
  struct Line {
    std::int64_t row, high;  // how much of the row is covered, 2^-40
    CellAreas::Walk walk;
    std::int32_t reached = 0;

    // Units of area left of a column; columns mostly go up.
    std::int64_t before(const CellAreas& areas, std::int32_t col) {
      if (col < reached) walk = CellAreas::Walk(areas, row, col);
      reached = col;
      return walk.before(col);
    }
  };
  struct Stretch {
    std::int64_t row;
    std::int32_t begin, end;
    std::int64_t weight;
  };

  void meet(std::uint32_t zone) {
    const Coverage& coverage = land_.zones[zone].coverage;
    if (lines_.empty() || lines_.back().row < coverage.first_row || lines_.front().row >= coverage.row_end()) return;
    ZoneInRow met{zone, {{0, static_cast<std::int32_t>(land_.grid().width)}}, coverage.col_end, coverage.col_begin};
    for (const Line& line : lines_) {
      const auto spans = coverage.spans_of(line.row);
      const auto partials = coverage.partials_of(line.row);
      met.whole = common(met.whole, spans);
      if (!spans.empty())
        met.begin = std::min(met.begin, spans.front().begin), met.end = std::max(met.end, spans.back().end);
      if (!partials.empty())
        met.begin = std::min(met.begin, partials.front().col), met.end = std::max(met.end, partials.back().col + 1);
    }
    if (met.begin < met.end) zones_.push_back(std::move(met));
  }

  void put(Line& line, std::int32_t begin, std::int32_t end, std::int64_t share) {
    if (begin >= end || share <= 1) return;  // rounding, not ground: see RowBuilder
    const bool full = share >= kOne - 1;
    if (full && !stretches_.empty() && stretches_.back().row == line.row && stretches_.back().end == begin && spans_) {
      stretches_.back().end = end;
      const std::int64_t before = line.before(land_.areas, begin);
      stretches_.back().weight += line.before(land_.areas, end) - before;
      return;
    }
    for (std::int32_t col = begin; col < end; col = full ? end : col + 1) {
      const std::int32_t next = full ? end : col + 1;
      const std::int64_t before = line.before(land_.areas, col), area = line.before(land_.areas, next) - before;
      stretches_.push_back({line.row, col, next, full ? area : scale_exactly(area, share, kOne)});
    }
    spans_ = full;
  }

  // The cells under a cell of people, row by row, with what they weigh.
  void lay(const Columns& c) {
    stretches_.clear();
    weight_ = 0;
    for (Line& line : lines_) {
      const auto part = [&](double position) {
        return static_cast<std::int64_t>(static_cast<double>(line.high) * position + 0.5);
      };
      spans_ = false;
      if (c.first == c.last) {
        put(line, c.first, c.first + 1, part(c.right) - part(c.left));
        continue;
      }
      put(line, c.first, c.first + 1, line.high - part(c.left));
      put(line, c.first + 1, c.last, line.high);
      if (c.right > 0) put(line, c.last, c.last + 1, part(c.right));
    }
    for (const Stretch& stretch : stretches_) weight_ += stretch.weight;
  }

  // Spreads an amount over the cells just laid, for the zones that hold them all, and cuts it at the others.
  void settle(std::int64_t col, std::int64_t amount, std::int64_t first, std::int64_t end, PeopleRows& out) {
    const Columns& c = of_.columns_[static_cast<std::size_t>(col)];
    const std::int32_t begin = c.first, past = c.right > 0 || c.first == c.last ? c.last + 1 : c.last;
    list_.clear();
    for (const ZoneInRow& zone : zones_) {
      if (zone.end <= begin || zone.begin >= past) continue;
      const bool whole = std::any_of(zone.whole.begin(), zone.whole.end(),
                                     [&](const Run& run) { return run.begin <= begin && run.end >= past; });
      if (whole) {
        list_.push_back(zone.zone);
      } else {
        settle_part(zone.zone, col, amount, first, end, out);
      }
    }
    if (list_.empty()) return;
    const std::uint32_t list = number_of(list_, out);
    const PartsOfAmount people(amount, weight_);
    Int128 running = 0;
    std::int64_t placed = 0;
    for (const Stretch& stretch : stretches_) {
      running += stretch.weight;
      const std::int64_t until = people(running);
      if (until != placed && stretch.row >= first && stretch.row < end)
        out.pieces.push_back(
            {stretch.begin, stretch.end, until - placed, static_cast<std::int32_t>(stretch.row), list});
      placed = until;
    }
  }

  // Then the zone's shares of these cells are those of its part, and nothing has to be cut.
  bool on_whole_cells(std::int64_t col) const {
    const Columns& c = of_.columns_[static_cast<std::size_t>(col)];
    return c.left == 0 && c.right == 0 &&
           std::all_of(lines_.begin(), lines_.end(), [](const Line& line) { return line.high == kOne; });
  }
  Window cells_under(std::int64_t col) const {
    const Columns& c = of_.columns_[static_cast<std::size_t>(col)];
    return {lines_.front().row, c.first, static_cast<std::int64_t>(lines_.size()), c.last - c.first};
  }

  void settle_part(std::uint32_t zone, std::int64_t col, std::int64_t amount, std::int64_t first, std::int64_t end,
                   PeopleRows& out) {
    const Grid& g = of_.grid_;
    const auto r = static_cast<double>(row_), c = static_cast<double>(col);
    const Box box{g.x_of(c), g.y_of(r + 1), g.x_of(c + 1), g.y_of(r)};
    if (!parts_.touches(box, zone)) return;
    const Coverage part = on_whole_cells(col) ? product(land_.zones[zone].coverage, cover_window(cells_under(col)))
                                              : parts_.part(box, zone);
    one_.assign(1, zone);
    const std::uint32_t list = number_of(one_, out);
    for (const PeopleField::Part& piece : PeopleField::parts_of(part, weight_, amount, false, land_.areas)) {
      if (piece.row >= first && piece.row < end)
        out.pieces.push_back(
            {piece.piece.begin, piece.piece.end, piece.piece.amount, static_cast<std::int32_t>(piece.row), list});
    }
  }

  static std::uint32_t number_of(const std::vector<std::uint32_t>& list, PeopleRows& out) {
    // Neighbours mostly lie in the same zones.
    for (std::size_t i = out.zone_lists.size(); i-- > 0 && i + 8 > out.zone_lists.size();) {
      if (out.zone_lists[i] == list) return static_cast<std::uint32_t>(i);
    }
    out.zone_lists.push_back(list);
    return static_cast<std::uint32_t>(out.zone_lists.size() - 1);
  }

  const RasterPeople& of_;
  const Landscape& land_;
  std::int64_t row_;
  ZoneParts& parts_;
  std::vector<Line> lines_;
  std::vector<ZoneInRow> zones_;
  std::vector<Stretch> stretches_;
  bool spans_ = false;  // the last stretch is of full cells
  Int128 weight_ = 0;
  std::vector<std::uint32_t> list_, one_;
};

// Where rows of people begin on every so many rows of land cover, none need be cut in two.
std::int64_t RasterPeople::rows_together() const {
  const Grid& land = landscape_.grid();
  const double rows = grid_.dy / land.dy, from = land.row_of(grid_.y0) / rows;
  const bool aligned = std::abs(rows - std::round(rows)) < 1e-6 && std::abs(from - std::round(from)) < 1e-6;
  return aligned && rows >= 1 && rows < 1024 ? static_cast<std::int64_t>(std::round(rows)) : 1;
}

void RasterPeople::rows(std::int64_t first, std::int64_t end, PeopleRows& out) const {
  const Grid& land = landscape_.grid();
  const double top = grid_.row_of(land.y_of(static_cast<double>(first))) - 1e-6;
  const double bottom = grid_.row_of(land.y_of(static_cast<double>(end))) + 1e-6;
  if (!(bottom >= 0 && top <= static_cast<double>(grid_.height))) return;
  const auto from = static_cast<std::int64_t>(std::max(std::floor(top), 0.0));
  const auto to = std::min(static_cast<std::int64_t>(std::floor(bottom)), grid_.height - 1);
  ZoneParts parts(landscape_);
  for (std::int64_t row = from; row <= to; ++row) RowOfPeople(*this, row, parts).add(first, end, out);
}

}  // namespace urbiome
