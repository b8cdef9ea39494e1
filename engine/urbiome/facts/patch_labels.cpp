#include "urbiome/facts/patch_labels.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace urbiome {
namespace {

// Sums, parent, id and the records that wait to be written; an eighth of it for each run. Buffers grow by halves.
constexpr std::int64_t kBytesPerLabel = 260;
constexpr std::int64_t kRowsPainted = 32;     // at a time
constexpr std::size_t kPatchesAtOnce = 4096;  // that become text
constexpr std::int64_t kCutBands = 64;        // how many low bands follow one that was cut

// Shares of the budget.
std::int64_t label_bytes(const Executor& executor) { return executor.memory().limit() / 4; }
std::int64_t log_bytes(const Executor& executor) { return executor.memory().limit() / 32; }
std::int64_t waiting_bytes(const Executor& executor) { return executor.memory().limit() / 16; }  // borders

std::int64_t most_labels(const Executor& executor) {
  return std::max<std::int64_t>(label_bytes(executor) / executor.most_waiting() / kBytesPerLabel, 1);
}

std::int64_t most_runs(const Grid& grid, const LabelRule& rule) {
  return rule.by_class ? grid.width : (grid.width + 1) / 2;
}

// An open component and its runs, in a border that waits to be added.
constexpr std::int64_t kBytesPerOpen = sizeof(Patch) + 2 * (sizeof(Run) + sizeof(std::int32_t) + sizeof(ClassIndex));

// Stops a pass after a band whose last rows have to be done in lower bands.
struct BandCut {
  std::int64_t rows;
};

// What is left of the bands from a row on; the first of them in low ones where `rows` says how low.
std::vector<Band> bands_from(const std::vector<Band>& bands, std::int64_t row, std::int64_t rows) {
  std::vector<Band> left;
  for (const Band& band : bands) {
    for (; row < band.core.row_end(); row = left.back().core.row_end()) {
      const std::int64_t here = rows > 0 ? std::min(rows, band.core.row_end() - row) : band.core.row_end() - row;
      const Window part{row, band.core.col, here, band.core.cols};
      left.push_back({part, part});
      if (rows > 0 && static_cast<std::int64_t>(left.size()) == kCutBands) return left;
    }
  }
  return left;
}

bool all_equal(const CellAreas& areas) {
  if (!areas.constant_in_row()) return false;
  for (std::int64_t row = 1; row < areas.rows(); ++row) {
    if (areas.cell(row, 0) != areas.cell(0, 0)) return false;
  }
  return true;
}

}  // namespace

PatchLabels::PatchLabels(const TileSource& source, const LabelRule& rule, const CellAreas& areas,
                         const GridMetric& metric, Executor& executor, bool keep_labels)
    : source_(source),
      rule_(rule),
      areas_(areas),
      sides_(source.grid(), metric),
      equal_areas_(all_equal(areas)),
      seam_(rule.directions, sides_.by_row(), log_bytes(executor), executor.settings().scratch_folder),
      keeping_(keep_labels),
      most_labels_(most_labels(executor)) {
  find(executor);
  const std::int64_t steps = 2 * static_cast<std::int64_t>(pieces_.size());
  std::int64_t done = 0;
  count_ = seam_.finish([&] {
    executor.throw_if_cancelled();
    if (++done % 256 == 0 || done == steps)
      executor.tell("joining patches", static_cast<double>(done) / static_cast<double>(steps));
  });
}

// Bands wait for their turn with their borders. Where these are too full to wait for a whole band, the band is cut and
// lower ones follow.
void PatchLabels::find(Executor& executor) {
  const std::vector<Band> planned = patch_bands(source_, executor);
  std::vector<std::unique_ptr<BandLabeller>> labellers(static_cast<std::size_t>(executor.threads()));
  std::vector<char> keeps_runs(labellers.size(), 0);
  const auto make = [&](int slot, const Band& band, Executor::BandCells cells) {
    const std::optional<ClassIndex> constant = cells.constant();
    if (constant && !rule_.members[*constant]) return nothing_in(band);
    const bool keeps = keeping_.load(std::memory_order_relaxed);
    auto& labeller = labellers[static_cast<std::size_t>(slot)];
    if (!labeller || (keeps_runs[static_cast<std::size_t>(slot)] && !keeps)) {
      labeller = std::make_unique<BandLabeller>(rule_, measures(), keeps);
      keeps_runs[static_cast<std::size_t>(slot)] = keeps;
    }
    Found found = found_in(band, cells.read(), *labeller, executor);
    if (keeps && found.summaries.size() == 1 && !found.summaries.front().piece.empty)
      found.labeller = labeller->finished_copy();
    return found;
  };
  std::int64_t row = 0;
  const auto add = [&](const Band& band, Found found) {
    keep(found, executor);
    for (Summary& summary : found.summaries) {
      seam_.add(std::move(summary.border), summary.open, summary.closed);
      pieces_.push_back(summary.piece);
    }
    row += found.rows;
    if (found.rows < band.core.rows) throw BandCut{found.rows};
  };
  std::int64_t cut_rows = 0;
  while (row < source_.grid().height) {
    const std::vector<Band> bands = bands_from(planned, row, std::exchange(cut_rows, 0));
    try {
      executor.undecoded_bands_in_order(source_, bands, "finding patches", make, add);
    } catch (const BandCut& cut) {
      cut_rows = cut.rows;
    }
  }
}

std::vector<Band> PatchLabels::patch_bands(const TileSource& source, const Executor& executor) {
  std::vector<Band> bands = bands_of(source, whole(source.grid()), 0, 1, executor);
  // What a band touches stays in the cache when it is small; on large rasters the borders would cost more memory.
  constexpr std::int64_t kLargeRaster = 200'000'000, kCells = 1 << 19;
  const Grid& grid = source.grid();
  if (bands.empty()) return bands;
  const std::int64_t block = std::clamp<std::int64_t>(source.block_rows(), 1, bands.front().core.rows);
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

std::int64_t PatchLabels::most_bytes(const TileSource& source, const LabelRule& rule, const Executor& executor) {
  const Grid& grid = source.grid();
  const std::int64_t runs = most_runs(grid, rule);
  std::int64_t rows = 0;
  for (const Band& band : patch_bands(source, executor)) rows = std::max(rows, band.core.rows);
  // Cells of a band for each thread, and of blocks that low bands share.
  const std::int64_t threads = executor.threads(), block = std::min(source.block_rows(), grid.height);
  const std::int64_t shared =
      block > 1 ? std::min(executor.shared_bytes(), std::max<std::int64_t>(threads, 2) * block * grid.width) : 0;
  // Labellers that wait keep a bit of every cell, to paint by.
  const std::int64_t masks = executor.most_waiting() * rows * BandLabeller::mask_bytes_per_row(grid.width);
  const std::int64_t cells = threads * rows * grid.width + shared + masks;
  const std::int64_t labels = std::min(label_bytes(executor), runs * grid.height / 8 * 9 * kBytesPerLabel);
  const std::int64_t pieces = most_pieces(source, rule, executor);
  const std::int64_t logs = std::min(2 * log_bytes(executor), pieces * PatchSeam::most_bytes_per_piece(runs));
  // Every band that waits has one border at least, whatever its share is.
  const std::int64_t border = 2 * runs * kBytesPerOpen;
  const std::int64_t borders = std::max(waiting_bytes(executor), executor.most_waiting() * border);
  return cells + labels + logs + std::min(borders, pieces * border) + PatchSeam::most_row_bytes(runs);
}

std::int64_t PatchLabels::most_scratch_bytes(const TileSource& source, const LabelRule& rule,
                                             const Executor& executor) {
  const std::int64_t runs = most_runs(source.grid(), rule);
  const std::int64_t bytes = most_pieces(source, rule, executor) * PatchSeam::most_bytes_per_piece(runs);
  return bytes > log_bytes(executor) ? bytes : 0;
}

// A piece ends with its band or when it has its most labels and eighths of runs; a cut band has one such piece.
std::int64_t PatchLabels::most_pieces(const TileSource& source, const LabelRule& rule, const Executor& executor) {
  const std::int64_t runs = most_runs(source.grid(), rule);
  const std::int64_t full = runs * source.grid().height / 8 * 9 / most_labels(executor) + 1;
  return static_cast<std::int64_t>(patch_bands(source, executor).size()) + 2 * full;
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

PatchLabels::Found PatchLabels::found_in(const Band& band, std::span<const ClassIndex> cells, BandLabeller& labeller,
                                         const Executor& executor) const {
  Found found;
  std::int64_t open = 0;
  const std::int64_t cols = band.core.cols, height = source_.grid().height;
  while (found.rows < band.core.rows) {
    const std::int64_t first_row = band.core.row + found.rows;
    const std::int64_t rows =
        labeller.label(cells.subspan(static_cast<std::size_t>(found.rows * cols)), cols, first_row, most_labels_);
    Summary summary;
    summary.border = labeller.border(first_row, {first_row > 0, first_row + rows < height});
    summary.piece = {first_row, rows, labeller.count() == 0};
    summary.open.reserve(static_cast<std::size_t>(summary.border.open));
    for (std::size_t i = 0; i < summary.border.open_of.size(); ++i) {
      if (summary.border.open_of[i] < 0) {
        ++summary.closed;
        continue;
      }
      summary.open.push_back(patch_of(labeller.sums(static_cast<std::int64_t>(i)), first_row));
      summary.open.back().id = summary.closed;
    }
    summary.border.open_of = {};  // as long as all components
    open += summary.border.open;
    found.summaries.push_back(std::move(summary));
    found.rows += rows;
    if (open * kBytesPerOpen * executor.most_waiting() > waiting_bytes(executor)) break;
  }
  return found;
}

// Of a band that need not be decoded: its border has no rows.
PatchLabels::Found PatchLabels::nothing_in(const Band& band) const {
  Found found;
  found.rows = band.core.rows;
  Summary& summary = found.summaries.emplace_back();
  summary.piece = {band.core.row, band.core.rows, true};
  summary.border.tail.first_row = band.core.row_end();
  return found;
}

// Labels stay as long as those of all bands so far take a quarter of the budget.
void PatchLabels::keep(Found& found, const Executor& executor) {
  if (!keeping_.load(std::memory_order_relaxed)) return;
  const bool whole_band =
      found.summaries.size() == 1 && (found.labeller != nullptr || found.summaries.front().piece.empty);
  if (found.labeller) kept_bytes_ += found.labeller->bytes();
  if (whole_band && kept_bytes_ <= executor.memory().limit() / 4) {
    kept_.push_back(std::move(found.labeller));
    return;
  }
  keeping_.store(false, std::memory_order_relaxed);
  kept_.clear();
}

// Ids of a piece's components, and (when wanted) the records of the patches that begin in it.
template <class Id>
void PatchLabels::name_components(std::size_t index, const BandLabeller& labeller, const Outputs& outputs,
                                  std::vector<Id>& ids, std::string& records) const {
  const Piece& piece = pieces_[index];
  const bool below = piece.first_row + piece.rows < source_.grid().height;
  const BandBorder border = labeller.border(piece.first_row, {piece.first_row > 0, below});
  PatchSeam::Named named;
  seam_.read(static_cast<std::int64_t>(index), named);
  const bool wanted = static_cast<bool>(outputs.records);
  std::vector<Patch> patches;
  std::int64_t next_id = named.first_id;
  auto kind = named.kinds.begin();
  auto first = named.patches.begin();
  auto later = named.ids.begin();
  ids.resize(border.open_of.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto here = border.open_of[i] < 0 ? PatchSeam::Named::Kind::alone : *kind++;
    if (here == PatchSeam::Named::Kind::later) {
      ids[i] = static_cast<Id>(*later++);
      continue;
    }
    ids[i] = static_cast<Id>(++next_id);
    if (!wanted) continue;
    if (here == PatchSeam::Named::Kind::first) {
      patches.push_back(*first++);
    } else {
      patches.push_back(patch_of(labeller.sums(static_cast<std::int64_t>(i)), piece.first_row));
      patches.back().id = next_id;
    }
    if (patches.size() < kPatchesAtOnce) continue;
    records += outputs.records(patches);
    patches.clear();
  }
  if (!patches.empty()) records += outputs.records(patches);
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

  // No labeller: a piece without patches.
  Made make(std::size_t i, const BandLabeller* labeller) {
    Made made;
    if (labeller != nullptr) labels_.name_components(i, *labeller, outputs_, made.ids, made.records);
    if (paints_early_) paint(labeller, made.ids, 0, labels_.pieces_[i].rows, painted_[i % painted_.size()]);
    return made;
  }

  template <class WriteRows>
  void emit(std::size_t i, const BandLabeller* labeller, const Made& made, const WriteRows& write_rows) {
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
  void paint(const BandLabeller* labeller, const std::vector<Id>& ids, std::int64_t row, std::int64_t rows,
             RawBuffer<Id>& buffer) const {
    buffer.reserve(static_cast<std::size_t>(rows * cols_), 0);
    if (labeller == nullptr) std::fill_n(buffer.data(), rows * cols_, Id{0});
    for (std::int64_t r = 0; r < rows && labeller != nullptr; ++r) {
      labeller->paint<Id>(row + r, ids, 0, {buffer.data() + r * cols_, static_cast<std::size_t>(cols_)});
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
        [&](std::int64_t i) {
          return writing.make(static_cast<std::size_t>(i), kept_[static_cast<std::size_t>(i)].get());
        },
        [&](std::int64_t i, const typename Writing<Id>::Made& made) {
          writing.emit(static_cast<std::size_t>(i), kept_[static_cast<std::size_t>(i)].get(), made, write_rows);
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
  executor.undecoded_bands_in_order(
      source_, bands, phase,
      [&](int, const Band& band, Executor::BandCells cells) {
        const std::size_t i = index_of(band);
        if (pieces_[i].empty) return writing.make(i, nullptr);
        auto& labeller = labellers[i % labellers.size()];
        if (!labeller) labeller = std::make_unique<BandLabeller>(rule_, measures(), paints);
        labeller->label(cells.read(), band.core.cols, band.core.row, std::numeric_limits<std::int32_t>::max());
        return writing.make(i, labeller.get());
      },
      [&](const Band& band, const typename Writing<Id>::Made& made) {
        const std::size_t i = index_of(band);
        writing.emit(i, pieces_[i].empty ? nullptr : labellers[i % labellers.size()].get(), made, write_rows);
      });
}

void PatchLabels::write(const Outputs& outputs, Executor& executor) {
  if (outputs.write_long_ids) return write_pieces<std::int64_t>(outputs, outputs.write_long_ids, executor);
  write_pieces<std::uint32_t>(outputs, outputs.write_ids, executor);
}

}  // namespace urbiome
