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
    const std::int64_t open = join();
    std::vector<std::int64_t> first(labellers_.size());  // place of the band's first closed patch among all
    std::int64_t patches = open;
    for (std::size_t band = 0; band < first.size(); ++band) {
      first[band] = patches;
      patches += labellers_[band]->count() - borders_[band].open;
    }
    out.cells.resize(static_cast<std::size_t>(patches));
    std::fill_n(out.cells.begin(), open, 0);
    for (std::size_t band = 0; band < first.size(); ++band) count_open(band, out.cells);
    executor.items(bands, "paint", [&](std::int64_t band) {
      paint(static_cast<std::size_t>(band), first[static_cast<std::size_t>(band)], out);
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

  // Numbers the patches that bands share, 0, 1, ...: patch_of_ of every band's open components. Returns how many.
  std::int64_t join() {
    Seam seam(neighbour_reach(rule_.directions));
    std::vector<std::int64_t> parents, above;  // of patches as they seemed; the seeming patch of each part from above
    const auto root = [&](std::int64_t patch) {
      while (parents[static_cast<std::size_t>(patch)] != patch) patch = parents[static_cast<std::size_t>(patch)];
      return patch;
    };
    patch_of_.assign(borders_.size(), {});
    for (std::size_t band = 0; band < borders_.size(); ++band) {
      seam.add(borders_[band]);
      const auto of_part = seam.of_part();
      std::vector<std::int64_t> patch_of(seam.goes_on().size(), -1);  // by component
      for (std::size_t part = 0; part < of_part.size(); ++part) {
        std::int64_t& patch = patch_of[of_part[part]];
        const bool from_above = part < above.size();
        if (patch < 0) {
          patch = from_above ? root(above[part]) : static_cast<std::int64_t>(parents.size());
          if (!from_above) parents.push_back(patch);
        } else if (from_above) {
          const std::int64_t other = root(above[part]);
          patch = root(patch);
          parents[static_cast<std::size_t>(std::max(patch, other))] = std::min(patch, other);
          patch = std::min(patch, other);
        }
        if (!from_above) patch_of_[band].push_back(patch);
      }
      above.clear();
      for (std::size_t i = 0; i < patch_of.size(); ++i) {
        if (seam.goes_on()[i] != 0) above.push_back(patch_of[i]);
      }
    }
    std::int64_t count = 0;
    std::vector<std::int64_t> numbers(parents.size());
    for (std::size_t i = 0; i < parents.size(); ++i) {
      const auto patch = static_cast<std::int64_t>(i);
      numbers[i] = parents[i] == patch ? count++ : numbers[static_cast<std::size_t>(root(patch))];
    }
    for (auto& patches : patch_of_) {
      for (std::int64_t& patch : patches) patch = numbers[static_cast<std::size_t>(patch)];
    }
    return count;
  }

  // Adds the band's parts of patches that bands share.
  void count_open(std::size_t band, std::vector<std::int64_t>& cells) const {
    const std::vector<std::int64_t>& of_open = patch_of_[band];
    const std::vector<std::int32_t>& opens = borders_[band].open_of;
    for (std::size_t i = 0; i < opens.size(); ++i) {
      if (opens[i] < 0) continue;
      const std::int64_t patch = of_open[static_cast<std::size_t>(opens[i])];
      cells[static_cast<std::size_t>(patch)] += labellers_[band]->sums(static_cast<std::int64_t>(i)).counts.cells;
    }
  }

  void paint(std::size_t band, std::int64_t next, Patches& found) const {
    const std::vector<std::int64_t>& of_open = patch_of_[band];
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
  std::vector<std::vector<std::int64_t>> patch_of_;  // by band and open component
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
