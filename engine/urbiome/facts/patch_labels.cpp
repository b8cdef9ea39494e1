#include "urbiome/facts/patch_labels.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include <fmt/format.h>

#include "urbiome/kernel/row_links.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBytesPerLabel = 260;  // sums, parent, and its share of the records that wait to be written
constexpr std::int64_t kRowsPainted = 32;     // at a time

// Length of one degree of a parallel.
double parallel_degree_m(const Ellipsoid& ellipsoid, double latitude) {
  const double phi = latitude * std::numbers::pi / 180, f = ellipsoid.f(), e2 = f * (2 - f);
  const double s = std::sin(phi);
  return std::max(0.0, ellipsoid.a * std::cos(phi) / std::sqrt(1 - e2 * s * s)) * std::numbers::pi / 180;
}

SideLengths side_lengths(const Grid& grid, const Ellipsoid& ellipsoid) {
  std::vector<double> across, down;
  for (std::int64_t row = 0; row <= grid.height; ++row) {
    const double top = grid.y_of(static_cast<double>(row)), bottom = grid.y_of(static_cast<double>(row + 1));
    across.push_back(grid.dx * parallel_degree_m(ellipsoid, top));
    if (row < grid.height) down.push_back(near_distance_m(ellipsoid, top, bottom, 0));
  }
  const double longest = std::max(*std::ranges::max_element(across), *std::ranges::max_element(down));
  SideLengths sides;
  sides.m_per_unit = std::ldexp(1.0, std::ilogb(longest) + 1 - 30);
  for (const double length : across) sides.across.push_back(std::llround(length / sides.m_per_unit));
  for (const double length : down) sides.down.push_back(std::llround(length / sides.m_per_unit));
  return sides;
}

bool all_equal(const CellAreas& areas) {
  if (!areas.constant_in_row()) return false;
  for (std::int64_t row = 1; row < areas.rows(); ++row) {
    if (areas.cell(row, 0) != areas.cell(0, 0)) return false;
  }
  return true;
}

void merge(Patch& patch, const Patch& other) {
  patch.cells += other.cells;
  patch.runs += other.runs;
  patch.shared += other.shared;
  patch.area += other.area;
  patch.sides += other.sides;
  patch.row_end = std::max(patch.row_end, other.row_end);
  patch.col_begin = std::min(patch.col_begin, other.col_begin);
  patch.col_end = std::max(patch.col_end, other.col_end);
}

}  // namespace

CellSides::CellSides(const Grid& grid, const GridMetric& metric) {
  if (metric.is_geographic()) {
    by_row_ = side_lengths(grid, metric.ellipsoid());
    return;
  }
  across_m_ = grid.dx * metric.unit_to_metre();
  down_m_ = grid.dy * metric.unit_to_metre();
}

double CellSides::perimeter_m(const Patch& patch) const {
  if (by_row_) return static_cast<double>(patch.sides) * by_row_->m_per_unit;
  return 2 * static_cast<double>(patch.cells - patch.shared) * across_m_ +
         2 * static_cast<double>(patch.runs) * down_m_;
}

PatchLabels::PatchLabels(const TileSource& source, const LabelRule& rule, const CellAreas& areas,
                         const GridMetric& metric, Executor& executor)
    : source_(source),
      rule_(rule),
      areas_(areas),
      sides_(source.grid(), metric),
      equal_areas_(all_equal(areas)),
      seam_(neighbour_reach(rule.directions)),
      most_labels_(std::max<std::int64_t>(label_bytes(executor) / executor.threads() / kBytesPerLabel, 1)) {
  const std::vector<Band> bands = bands_of(source, whole(source.grid()), 0, 1, executor);
  const PatchMeasures measures{equal_areas_ ? nullptr : &areas_, sides_.by_row()};
  std::vector<std::unique_ptr<BandLabeller>> labellers(static_cast<std::size_t>(executor.threads()));
  executor.bands_in_order(
      source, bands, "finding patches",
      [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
        auto& labeller = labellers[static_cast<std::size_t>(slot)];
        if (!labeller) labeller = std::make_unique<BandLabeller>(rule_, measures, false);
        return summarise(band, cells, *labeller);
      },
      [&](const Band&, std::vector<Summary> summaries) {
        for (Summary& summary : summaries) add(std::move(summary), executor);
      });
  number();
}

std::int64_t PatchLabels::label_bytes(const Executor& executor) { return executor.memory().limit() / 4; }

std::int64_t PatchLabels::bytes() const {
  return seam_.bytes() +
         static_cast<std::int64_t>(pieces_.capacity() * sizeof(Piece) + open_.capacity() * sizeof(Patch) +
                                   closed_before_.capacity() * sizeof(std::uint32_t));
}

Patch PatchLabels::patch_of(const PatchSums& sums, std::int64_t first_row) const {
  Patch patch;
  const auto top = static_cast<std::int32_t>(first_row);
  patch.first_cell = (first_row + sums.first_row) * source_.grid().width + sums.first_col;
  patch.cells = sums.cells;
  patch.runs = sums.runs;
  patch.shared = sums.shared;
  patch.area = equal_areas_ ? static_cast<Int128>(sums.cells) * areas_.cell(0, 0) : sums.area;
  patch.sides = sums.sides_m;
  patch.row_begin = top + sums.first_row;
  patch.row_end = top + sums.row_end;
  patch.col_begin = sums.col_begin;
  patch.col_end = sums.col_end;
  patch.class_index = sums.class_index;
  return patch;
}

std::vector<PatchLabels::Summary> PatchLabels::summarise(const Band& band, std::span<const ClassIndex> cells,
                                                         BandLabeller& labeller) const {
  std::vector<Summary> summaries;
  const std::int64_t cols = band.core.cols, height = source_.grid().height;
  for (std::int64_t done = 0; done < band.core.rows;) {
    const std::int64_t first_row = band.core.row + done;
    const std::int64_t rows =
        labeller.label(cells.subspan(static_cast<std::size_t>(done * cols)), cols, first_row, most_labels_);
    Summary summary;
    summary.border = labeller.border(first_row, {first_row > 0, first_row + rows < height});
    summary.piece = {first_row, rows, labeller.count() - summary.border.open, 0, 0};
    summary.open.reserve(static_cast<std::size_t>(summary.border.open));
    std::uint32_t closed = 0;
    for (std::size_t i = 0; i < summary.border.open_of.size(); ++i) {
      if (summary.border.open_of[i] < 0) {
        ++closed;
        continue;
      }
      summary.open.push_back(patch_of(labeller.sums()[i], first_row));
      summary.closed_before.push_back(closed);
    }
    summary.border.open_of = {};  // as long as all components
    summaries.push_back(std::move(summary));
    done += rows;
  }
  return summaries;
}

// Sides between the last row of one piece and the first of the next, which neither has counted.
void PatchLabels::count_shared_sides(const BorderRows& upper, const BorderRows& lower, std::int64_t first_node) {
  link_all(upper.table.of_row(0), lower.table.of_row(0), 0, [&](std::size_t i, std::size_t j) {
    if (rule_.by_class && upper.classes[i] != lower.classes[j]) return;
    const Run &a = upper.table.runs[i], &b = lower.table.runs[j];
    const std::int64_t shared = std::min(a.end, b.end) - std::max(a.begin, b.begin);
    Patch& patch = open_[static_cast<std::size_t>(first_node + lower.open[j])];
    patch.shared += shared;
    if (const SideLengths* sides = sides_.by_row())
      patch.sides -= 2 * shared * sides->across[static_cast<std::size_t>(lower.first_row)];
  });
}

void PatchLabels::add(Summary summary, Executor& executor) {
  const std::int64_t first_node = seam_.nodes();
  open_.insert(open_.end(), summary.open.begin(), summary.open.end());
  closed_before_.insert(closed_before_.end(), summary.closed_before.begin(), summary.closed_before.end());
  if (!pieces_.empty() && last_.table.rows() > 0) count_shared_sides(last_, summary.border.head, first_node);
  seam_.add(summary.border);
  last_ = std::move(summary.border.tail);
  pieces_.push_back(summary.piece);

  const std::int64_t limit = executor.memory().limit();
  if (bytes() <= limit / 2) return;
  const std::int64_t seen = summary.piece.first_row + summary.piece.rows, height = source_.grid().height;
  constexpr double kMiB = 1024.0 * 1024.0;
  const double whole_raster =
      static_cast<double>(bytes()) / kMiB * static_cast<double>(height) / static_cast<double>(seen);
  throw Error(
      ErrorCode::memory,
      fmt::format("patches that cross the borders of bands take about {:.0f} MiB for this raster", whole_raster),
      fmt::format("at most half of the {:.0f} MiB of --memory", static_cast<double>(limit) / kMiB),
      fmt::format("give --memory {:.0f}M", 2.2 * whole_raster));
}

// Patches that cross borders are added up, and all patches numbered by first cell.
void PatchLabels::number() {
  seam_.finish();
  std::int64_t ids = 0, patches = 0;
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    Piece& piece = pieces_[p];
    piece.first_id = ids;
    piece.first_open = patches;
    const std::int64_t first_node = seam_.first_node(static_cast<std::int64_t>(p));
    const std::span<const std::int64_t> of_open = seam_.of_band(static_cast<std::int64_t>(p));
    for (std::size_t i = 0; i < of_open.size(); ++i) {
      const auto node = static_cast<std::size_t>(first_node) + i, patch = static_cast<std::size_t>(of_open[i]);
      if (of_open[i] < patches) {
        merge(open_[patch], open_[node]);
        continue;
      }
      open_[patch] = open_[node];  // at most its node's number, so nothing is lost
      open_[patch].id = piece.first_id + closed_before_[node] + (patches - piece.first_open) + 1;
      ++patches;
    }
    ids += piece.closed + patches - piece.first_open;
  }
  count_ = ids;
  open_.resize(static_cast<std::size_t>(patches));
  open_.shrink_to_fit();
  closed_before_ = {};
}

// Ids of a piece's components, and the patches that begin in it.
template <class Id>
void PatchLabels::name_components(const Piece& piece, std::int64_t index, const BandLabeller& labeller,
                                  std::span<const std::int32_t> open_of, std::vector<Id>& ids,
                                  std::vector<Patch>& patches) const {
  const std::span<const PatchSums> sums = labeller.sums();
  const std::span<const std::int64_t> of_open = seam_.of_band(index);
  std::int64_t next_id = piece.first_id, next_open = piece.first_open;
  ids.resize(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (open_of[i] < 0) {
      ids[i] = static_cast<Id>(++next_id);
      patches.push_back(patch_of(sums[i], piece.first_row));
      patches.back().id = next_id;
      continue;
    }
    const std::int64_t open = of_open[static_cast<std::size_t>(open_of[i])];
    const Patch& patch = open_[static_cast<std::size_t>(open)];
    ids[i] = static_cast<Id>(patch.id);
    if (open < next_open) continue;  // it began above, or further left in this piece
    ++next_open;
    ++next_id;
    patches.push_back(patch);
  }
}

template <class Id, class WriteRows>
void PatchLabels::write_pieces(const Outputs& outputs, const WriteRows& write_rows, Executor& executor) {
  const bool paints = static_cast<bool>(write_rows), records = static_cast<bool>(outputs.records);
  const std::int64_t cols = source_.grid().width, height = source_.grid().height;
  const PatchMeasures measures{equal_areas_ ? nullptr : &areas_, sides_.by_row()};
  std::vector<Band> bands;
  for (const Piece& piece : pieces_) {
    const Window rows{piece.first_row, 0, piece.rows, cols};
    bands.push_back({rows, rows});
  }
  // A labeller waits with its runs until its piece is painted; as many pieces wait as in_order() says.
  std::vector<std::unique_ptr<BandLabeller>> labellers(static_cast<std::size_t>(executor.most_waiting()));
  std::vector<Id> painted;
  struct Made {
    std::vector<Id> ids;
    std::string records;
  };
  const auto index_of = [&](const Band& band) {
    const auto found = std::ranges::lower_bound(pieces_, band.core.row, {}, &Piece::first_row);
    return static_cast<std::size_t>(found - pieces_.begin());
  };
  executor.bands_in_order(
      source_, bands, paints ? "writing patches" : "listing patches",
      [&](int, const Band& band, std::span<const ClassIndex> cells) {
        const std::size_t i = index_of(band);
        auto& labeller = labellers[i % labellers.size()];
        if (!labeller) labeller = std::make_unique<BandLabeller>(rule_, measures, paints);
        labeller->label(cells, cols, band.core.row, std::numeric_limits<std::int32_t>::max());
        const BandBorder border = labeller->border(band.core.row, {band.core.row > 0, band.core.row_end() < height});
        Made made;
        std::vector<Patch> patches;
        name_components(pieces_[i], static_cast<std::int64_t>(i), *labeller, border.open_of, made.ids, patches);
        if (records) made.records = outputs.records(patches);
        return made;
      },
      [&](const Band& band, Made made) {
        if (records) outputs.write_records(made.records);
        if (!paints) return;
        const BandLabeller& labeller = *labellers[index_of(band) % labellers.size()];
        painted.resize(static_cast<std::size_t>(kRowsPainted * cols));
        for (std::int64_t row = 0; row < band.core.rows; row += kRowsPainted) {
          const std::int64_t rows = std::min(kRowsPainted, band.core.rows - row);
          for (std::int64_t r = 0; r < rows; ++r) {
            labeller.paint<Id>(
                row + r, made.ids, 0,
                std::span(painted).subspan(static_cast<std::size_t>(r * cols), static_cast<std::size_t>(cols)));
          }
          write_rows(band.core.row + row, rows, std::span(painted).first(static_cast<std::size_t>(rows * cols)));
        }
      });
}

void PatchLabels::write(const Outputs& outputs, Executor& executor) {
  if (outputs.write_long_ids) return write_pieces<std::int64_t>(outputs, outputs.write_long_ids, executor);
  write_pieces<std::uint32_t>(outputs, outputs.write_ids, executor);
}

}  // namespace urbiome
