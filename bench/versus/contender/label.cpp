// Patches of one role (cells 0 and 1) or of all classes, in memory: the label of every cell, and cells per patch.
//
// Bands are labelled on all threads, joined at their seams, and painted on all threads.
#include <algorithm>
#include <limits>
#include <memory>

#include "contender.h"
#include "urbiome/exec/executor.h"
#include "urbiome/kernel/label.h"

namespace urbiome::versus {
namespace {

constexpr std::int64_t kBandCells = 1 << 22;

struct Patches {
  std::vector<std::int32_t> labels;  // 1, 2, ...; 0: none
  std::vector<std::int64_t> cells;   // by label - 1
};

class Labelling {
 public:
  Labelling(const Cells& cells, const LabelRule& rule) : cells_(cells), rule_(rule) {
    rows_ = std::clamp<std::int64_t>(kBandCells / cells.cols, 1, cells.rows);
    labellers_.resize(static_cast<std::size_t>((cells.rows + rows_ - 1) / rows_));
    borders_.resize(labellers_.size());
  }

  void run(Executor& executor, Patches& out) {
    const auto bands = static_cast<std::int64_t>(labellers_.size());
    executor.items(bands, "labels", [&](std::int64_t band) { label(band); });
    Seam seam(neighbour_reach(rule_.directions));
    for (const BandBorder& border : borders_) seam.add(border);
    seam.finish();
    std::vector<std::int64_t> first(labellers_.size());  // place of the band's first closed patch among all
    std::int64_t patches = seam.count();
    for (std::size_t band = 0; band < first.size(); ++band) {
      first[band] = patches;
      patches += labellers_[band]->count() - borders_[band].open;
    }
    out.cells.resize(static_cast<std::size_t>(patches));
    std::fill_n(out.cells.begin(), seam.count(), 0);
    for (std::size_t band = 0; band < first.size(); ++band)
      count_open(seam.of_band(static_cast<std::int64_t>(band)), band, out.cells);
    executor.items(bands, "paint", [&](std::int64_t band) {
      paint(seam.of_band(band), static_cast<std::size_t>(band), first[static_cast<std::size_t>(band)], out);
    });
  }

 private:
  void label(std::int64_t band) {
    const auto i = static_cast<std::size_t>(band);
    const std::int64_t first = band * rows_, rows = std::min(rows_, cells_.rows - first);
    if (!labellers_[i]) labellers_[i] = std::make_unique<BandLabeller>(rule_, PatchMeasures{}, true);
    labellers_[i]->label(cells_.of_rows(first, rows), cells_.cols, first, std::numeric_limits<std::int32_t>::max());
    borders_[i] = labellers_[i]->border(first, {.above = first > 0, .below = first + rows < cells_.rows});
  }

  // Adds the band's open patches to those of the seam.
  void count_open(std::span<const std::int64_t> of_open, std::size_t band, std::vector<std::int64_t>& cells) const {
    const std::vector<std::int32_t>& opens = borders_[band].open_of;
    for (std::size_t i = 0; i < opens.size(); ++i) {
      if (opens[i] < 0) continue;
      const std::int64_t patch = of_open[static_cast<std::size_t>(opens[i])];
      cells[static_cast<std::size_t>(patch)] += labellers_[band]->sums(static_cast<std::int64_t>(i)).counts.cells;
    }
  }

  void paint(std::span<const std::int64_t> of_open, std::size_t band, std::int64_t next, Patches& found) const {
    const BandLabeller& labeller = *labellers_[band];
    std::vector<std::uint32_t> ids(static_cast<std::size_t>(labeller.count()));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::int32_t open = borders_[band].open_of[i];
      const std::int64_t patch = open < 0 ? next++ : of_open[static_cast<std::size_t>(open)];
      ids[i] = static_cast<std::uint32_t>(patch + 1);
      if (open < 0)
        found.cells[static_cast<std::size_t>(patch)] = labeller.sums(static_cast<std::int64_t>(i)).counts.cells;
    }
    const auto cols = static_cast<std::size_t>(cells_.cols);
    auto* out = reinterpret_cast<std::uint32_t*>(found.labels.data()) + band * static_cast<std::size_t>(rows_) * cols;
    for (std::int64_t row = 0; row < labeller.rows(); ++row, out += cols)
      labeller.paint<std::uint32_t>(row, ids, 0, {out, cols});
  }

  const Cells& cells_;
  LabelRule rule_;
  std::int64_t rows_;
  std::vector<std::unique_ptr<BandLabeller>> labellers_;
  std::vector<BandBorder> borders_;
};

void label(const Asked& asked, const std::string& name, bool by_class) {
  const Cells cells = read_cells(asked, name);
  LabelRule rule{.directions = 8, .by_class = by_class, .members = {}};
  for (std::size_t code = 1; code < rule.members.size(); ++code) rule.members[code] = true;
  Patches found;
  found.labels.resize(cells.bytes.size());
  Labelling labelling(cells, rule);
  const auto work = [&] {
    Executor executor({.threads = asked.threads});
    labelling.run(executor, found);
  };
  contend(asked, work, [&](const Answers& answers) {
    answers.array("labels", cells.rows, cells.cols, std::span<const std::int32_t>(found.labels));
    answers.array("cells", found.cells);
  });
}

}  // namespace

void label_role(const Asked& asked) { label(asked, "green", false); }
void label_all_classes(const Asked& asked) { label(asked, "classes", true); }

}  // namespace urbiome::versus
