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
                         const GridMetric& metric, Executor& executor, bool keep_labels)
    : source_(source),
      rule_(rule),
      areas_(areas),
      sides_(source.grid(), metric),
      equal_areas_(all_equal(areas)),
      seam_(neighbour_reach(rule.directions)),
      keeping_(keep_labels),
      most_labels_(std::max<std::int64_t>(label_bytes(executor) / executor.threads() / kBytesPerLabel, 1)) {
  const std::vector<Band> bands = patch_bands(source, executor);
  std::vector<std::unique_ptr<BandLabeller>> labellers(static_cast<std::size_t>(executor.threads()));
  std::vector<char> keeps_runs(labellers.size(), 0);
  executor.bands_in_order(
      source, bands, "finding patches",
      [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
        Found found;
        const bool keeps = keeping_.load(std::memory_order_relaxed);
        auto& labeller = labellers[static_cast<std::size_t>(slot)];
        if (!labeller || (keeps_runs[static_cast<std::size_t>(slot)] && !keeps)) {
          labeller = std::make_unique<BandLabeller>(rule_, measures(), keeps);
          keeps_runs[static_cast<std::size_t>(slot)] = keeps;
        }
        found.summaries = summarise(band, cells, *labeller, executor);
        if (keeps && found.summaries.size() == 1) found.labeller = labeller->finished_copy();
        return found;
      },
      [&](const Band&, Found found) {
        keep(found, executor);
        for (Summary& summary : found.summaries) add(std::move(summary), executor);
      });
  number();
}

std::vector<Band> PatchLabels::patch_bands(const TileSource& source, const Executor& executor) {
  std::vector<Band> bands = bands_of(source, whole(source.grid()), 0, 1, executor);
  // What a band touches stays in the cache when it is small; on large rasters the borders would cost more memory.
  constexpr std::int64_t kLargeRaster = 200'000'000, kCells = 1 << 19;
  const Grid& grid = source.grid();
  if (bands.empty()) return bands;
  // Whole blocks, where there are any: cells in memory are one.
  const std::int64_t block = source.block_rows() >= grid.height
                                 ? 1
                                 : std::clamp<std::int64_t>(source.block_rows(), 1, bands.front().core.rows);
  const std::int64_t rows = std::max<std::int64_t>(kCells / grid.width / block, 1) * block;
  if (executor.settings().tile_size > 0 || grid.cells() > kLargeRaster) return bands;
  std::vector<Band> small;
  for (const Band& band : bands) {
    for (std::int64_t row = band.core.row; row < band.core.row_end(); row += rows) {
      const Window part{row, 0, std::min(rows, band.core.row_end() - row), grid.width};
      small.push_back({part, part});
    }
  }
  return small;
}

std::int64_t PatchLabels::label_bytes(const Executor& executor) { return executor.memory().limit() / 4; }

std::int64_t PatchLabels::bytes() const {
  return seam_.bytes() + static_cast<std::int64_t>(pieces_.capacity() * sizeof(Piece) + open_.size() * sizeof(Patch) +
                                                   closed_before_.capacity() * sizeof(std::uint32_t));
}

Patch PatchLabels::patch_of(const PatchSums& sums, std::int64_t first_row) const {
  Patch patch;
  const auto top = static_cast<std::int32_t>(first_row);
  const PatchCounts& counts = sums.counts;
  patch.first_cell = (first_row + counts.first_row) * source_.grid().width + counts.first_col;
  patch.cells = counts.cells;
  patch.runs = counts.runs;
  patch.shared = counts.shared;
  patch.area = equal_areas_ ? static_cast<Int128>(counts.cells) * areas_.cell(0, 0) : sums.lengths.area;
  patch.sides = sums.lengths.sides;
  patch.row_begin = top + counts.first_row;
  patch.row_end = top + counts.row_end;
  patch.col_begin = counts.col_begin;
  patch.col_end = counts.col_end;
  patch.class_index = sums.class_index;
  return patch;
}

std::vector<PatchLabels::Summary> PatchLabels::summarise(const Band& band, std::span<const ClassIndex> cells,
                                                         BandLabeller& labeller, const Executor& executor) const {
  std::vector<Summary> summaries;
  std::int64_t bytes = 0;
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
      summary.open.push_back(patch_of(labeller.sums(static_cast<std::int64_t>(i)), first_row));
      summary.closed_before.push_back(closed);
    }
    summary.border.open_of = {};  // as long as all components
    constexpr std::size_t kPerOpen = sizeof(Patch) + sizeof(std::uint32_t) + sizeof(Run) + sizeof(std::int32_t);
    bytes += static_cast<std::int64_t>(summary.open.size() * kPerOpen);
    summaries.push_back(std::move(summary));
    done += rows;
    // Several bands wait for their turn: a band that is all borders would outgrow the budget before it is added.
    if (bytes * executor.most_waiting() > executor.memory().limit() / 4) throw too_many_open(bytes, done, executor);
  }
  return summaries;
}

// Labels stay as long as those of all bands so far take a quarter of the budget.
void PatchLabels::keep(Found& found, const Executor& executor) {
  if (!keeping_.load(std::memory_order_relaxed)) return;
  const bool whole_band = found.labeller && found.summaries.size() == 1;
  if (whole_band) kept_bytes_ += found.labeller->bytes();
  if (whole_band && kept_bytes_ <= executor.memory().limit() / 4) {
    kept_.push_back(std::move(found.labeller));
    return;
  }
  keeping_.store(false, std::memory_order_relaxed);
  kept_.clear();
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

  if (bytes() > executor.memory().limit() / 8 * 3)
    throw too_many_open(bytes(), summary.piece.first_row + summary.piece.rows, executor);
}

// What `seen` rows need, carried on to all rows.
Error PatchLabels::too_many_open(std::int64_t bytes, std::int64_t seen, const Executor& executor) const {
  constexpr double kMiB = 1024.0 * 1024.0;
  const double limit = static_cast<double>(executor.memory().limit()) / kMiB;
  const double all_rows =
      static_cast<double>(bytes) / kMiB * static_cast<double>(source_.grid().height) / static_cast<double>(seen);
  return Error(ErrorCode::memory,
               fmt::format("patches that cross the borders of bands take about {:.0f} MiB for this raster", all_rows),
               fmt::format("at most three eighths of the {:.0f} MiB of --memory", limit),
               fmt::format("give --memory {:.0f}MiB", 8.0 / 3 * std::max(all_rows, limit) + 1));
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

// Ids of a piece's components, and (when wanted) the patches that begin in it.
template <class Id>
void PatchLabels::name_components(std::size_t index, const BandLabeller& labeller, bool wanted, std::vector<Id>& ids,
                                  std::vector<Patch>& patches) const {
  const Piece& piece = pieces_[index];
  const bool below = piece.first_row + piece.rows < source_.grid().height;
  const BandBorder border = labeller.border(piece.first_row, {piece.first_row > 0, below});
  const std::span<const std::int64_t> of_open = seam_.of_band(static_cast<std::int64_t>(index));
  std::int64_t next_id = piece.first_id, next_open = piece.first_open;
  ids.resize(border.open_of.size());
  if (wanted) patches.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (border.open_of[i] < 0) {
      ids[i] = static_cast<Id>(++next_id);
      if (!wanted) continue;
      patches.push_back(patch_of(labeller.sums(static_cast<std::int64_t>(i)), piece.first_row));
      patches.back().id = next_id;
      continue;
    }
    const std::int64_t open = of_open[static_cast<std::size_t>(border.open_of[i])];
    const Patch& patch = open_[static_cast<std::size_t>(open)];
    ids[i] = static_cast<Id>(patch.id);
    if (open < next_open) continue;  // it began above, or further left in this piece
    ++next_open;
    ++next_id;
    if (wanted) patches.push_back(patch);
  }
}

// What the second pass makes of a piece, on all threads, and how it is handed out.
template <class Id>
class PatchLabels::Writing {
 public:
  struct Made {
    std::vector<Id> ids;
    std::string records;
  };

  Writing(const PatchLabels& labels, const Outputs& outputs, bool paints, const Executor& executor)
      : labels_(labels),
        outputs_(outputs),
        paints_(paints),
        cols_(labels.source_.grid().width),
        painted_(static_cast<std::size_t>(executor.most_waiting())) {
    std::int64_t most = 0;
    for (const Piece& piece : labels.pieces_) most = std::max(most, piece.rows);
    const auto bytes = static_cast<std::int64_t>(sizeof(Id)) * most * cols_ * executor.most_waiting();
    paints_early_ = paints && bytes <= executor.memory().limit() / 8;
  }

  Made make(std::size_t i, const BandLabeller& labeller) {
    Made made;
    std::vector<Patch> patches;
    labels_.name_components(i, labeller, static_cast<bool>(outputs_.records), made.ids, patches);
    if (outputs_.records) made.records = outputs_.records(patches);
    if (paints_early_) paint(labeller, made.ids, 0, labels_.pieces_[i].rows, painted_[i % painted_.size()]);
    return made;
  }

  template <class WriteRows>
  void emit(std::size_t i, const BandLabeller& labeller, const Made& made, const WriteRows& write_rows) {
    if (outputs_.records) outputs_.write_records(made.records);
    if (!paints_) return;
    const Piece& piece = labels_.pieces_[i];
    const auto cells = [&](std::int64_t rows, const RawBuffer<Id>& buffer) {
      return std::span<const Id>(buffer.data(), static_cast<std::size_t>(rows * cols_));
    };
    if (paints_early_) return write_rows(piece.first_row, piece.rows, cells(piece.rows, painted_[i % painted_.size()]));
    for (std::int64_t row = 0; row < piece.rows; row += kRowsPainted) {
      const std::int64_t rows = std::min(kRowsPainted, piece.rows - row);
      paint(labeller, made.ids, row, rows, painted_[0]);
      write_rows(piece.first_row + row, rows, cells(rows, painted_[0]));
    }
  }

 private:
  void paint(const BandLabeller& labeller, const std::vector<Id>& ids, std::int64_t row, std::int64_t rows,
             RawBuffer<Id>& buffer) const {
    buffer.reserve(static_cast<std::size_t>(rows * cols_), 0);
    for (std::int64_t r = 0; r < rows; ++r) {
      labeller.paint<Id>(row + r, ids, 0, {buffer.data() + r * cols_, static_cast<std::size_t>(cols_)});
    }
  }

  const PatchLabels& labels_;
  const Outputs& outputs_;
  bool paints_, paints_early_ = false;
  std::int64_t cols_;
  std::vector<RawBuffer<Id>> painted_;  // as many as pieces can wait to be written
};

template <class Id, class WriteRows>
void PatchLabels::write_pieces(const Outputs& outputs, const WriteRows& write_rows, Executor& executor) {
  const bool paints = static_cast<bool>(write_rows);
  const char* phase = paints ? "writing patches" : "listing patches";
  Writing<Id> writing(*this, outputs, paints, executor);
  if (kept_.size() == pieces_.size()) {
    executor.in_order(
        static_cast<std::int64_t>(pieces_.size()), phase,
        [&](std::int64_t i) { return writing.make(static_cast<std::size_t>(i), *kept_[static_cast<std::size_t>(i)]); },
        [&](std::int64_t i, const typename Writing<Id>::Made& made) {
          writing.emit(static_cast<std::size_t>(i), *kept_[static_cast<std::size_t>(i)], made, write_rows);
        });
    return;
  }
  std::vector<Band> bands;
  for (const Piece& piece : pieces_) {
    const Window rows{piece.first_row, 0, piece.rows, source_.grid().width};
    bands.push_back({rows, rows});
  }
  const auto index_of = [&](const Band& band) {
    const auto found = std::ranges::lower_bound(pieces_, band.core.row, {}, &Piece::first_row);
    return static_cast<std::size_t>(found - pieces_.begin());
  };
  // A labeller waits with its runs until its piece is written; as many pieces wait as in_order() says.
  std::vector<std::unique_ptr<BandLabeller>> labellers(static_cast<std::size_t>(executor.most_waiting()));
  executor.bands_in_order(
      source_, bands, phase,
      [&](int, const Band& band, std::span<const ClassIndex> cells) {
        const std::size_t i = index_of(band);
        auto& labeller = labellers[i % labellers.size()];
        if (!labeller) labeller = std::make_unique<BandLabeller>(rule_, measures(), paints);
        labeller->label(cells, band.core.cols, band.core.row, std::numeric_limits<std::int32_t>::max());
        return writing.make(i, *labeller);
      },
      [&](const Band& band, const typename Writing<Id>::Made& made) {
        const std::size_t i = index_of(band);
        writing.emit(i, *labellers[i % labellers.size()], made, write_rows);
      });
}

void PatchLabels::write(const Outputs& outputs, Executor& executor) {
  if (outputs.write_long_ids) return write_pieces<std::int64_t>(outputs, outputs.write_long_ids, executor);
  write_pieces<std::uint32_t>(outputs, outputs.write_ids, executor);
}

}  // namespace urbiome
