#include "urbiome/kernel/seam.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reference/cell_map.h"
#include "urbiome/kernel/connect.h"

namespace urbiome {
namespace {

using reference::CellMap;

RunTable rows_of(const RunTable& table, std::int64_t begin, std::int64_t end) {
  RunTable part;
  for (std::int64_t row = begin; row < end; ++row) part.append_row(table.of_row(row));
  return part;
}

// Joins all bands and looks back: the component of every open component of every band, numbered by first cell.
class Joined {
 public:
  explicit Joined(const Reach& reach) : seam_(reach) {}

  void add(const BandBorder& border) {
    seam_.add(border);
    const auto above = static_cast<std::size_t>(seam_.above());
    ASSERT_EQ(above, going_on_.size());
    const std::size_t first = parents_.size();
    first_.push_back(first);
    for (std::int64_t i = 0; i < border.open; ++i) parents_.push_back(parents_.size());
    std::vector<std::size_t> node_of(seam_.goes_on().size(), kNone), going_on;
    for (std::size_t part = 0; part < seam_.of_part().size(); ++part) {
      const std::size_t node = part < above ? going_on_[part] : first + part - above;
      std::size_t& known = node_of[seam_.of_part()[part]];
      if (known == kNone)
        known = node;
      else
        parents_[std::max(root(known), root(node))] = std::min(root(known), root(node));
    }
    for (std::size_t c = 0; c < node_of.size(); ++c) {
      if (seam_.goes_on()[c]) going_on.push_back(node_of[c]);
    }
    going_on_ = going_on;
  }
  void finish() {
    for (std::size_t node = 0; node < parents_.size(); ++node)
      of_node_.push_back(parents_[node] == node ? count_++ : of_node_[parents_[node]]);
    first_.push_back(parents_.size());
  }
  std::int64_t count() const { return count_; }
  std::int64_t bands() const { return static_cast<std::int64_t>(first_.size()) - 1; }
  std::span<const std::int64_t> of_band(std::int64_t band) const {
    const std::size_t first = first_[static_cast<std::size_t>(band)];
    return std::span(of_node_).subspan(first, first_[static_cast<std::size_t>(band) + 1] - first);
  }
  const std::vector<std::int64_t>& of_nodes() const { return of_node_; }
  const Seam& seam() const { return seam_; }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  std::size_t root(std::size_t node) const {
    while (parents_[node] != node) node = parents_[node];
    return node;
  }
  Seam seam_;
  std::vector<std::size_t> parents_, first_, going_on_;
  std::vector<std::int64_t> of_node_;
  std::int64_t count_ = 0;
};

// Bands of the given heights, in turn; returns the component of every run, numbered by first cell.
std::vector<std::int64_t> connected_by_bands(const RunTable& table, const Reach& reach,
                                             const std::vector<std::int64_t>& heights) {
  Joined seam(reach);
  struct Done {
    std::size_t first_run;
    Components components;
    std::vector<std::int32_t> open_of;
  };
  std::vector<Done> done;
  std::int64_t row = 0;
  for (std::size_t i = 0; row < table.rows(); ++i) {
    const std::int64_t end = std::min(row + heights[i % heights.size()], table.rows());
    const RunTable band = rows_of(table, row, end);
    Components components = connect(band, reach, row);
    const BandBorder border =
        border_of(band, components.of_run, components.count(), row, reach, {row > 0, end < table.rows()});
    EXPECT_EQ(std::count_if(border.open_of.begin(), border.open_of.end(), [](std::int32_t o) { return o >= 0; }),
              border.open);
    seam.add(border);
    done.push_back({table.offsets[static_cast<std::size_t>(row)], std::move(components), border.open_of});
    row = end;
  }
  seam.finish();
  EXPECT_EQ(seam.bands(), static_cast<std::int64_t>(done.size()));

  // Ids by first run: closed components and open ones in turn.
  std::vector<std::int64_t> ids(table.runs.size()), id_of_open(static_cast<std::size_t>(seam.count()), -1);
  std::int64_t next = 0;
  for (std::size_t b = 0; b < done.size(); ++b) {
    const auto of_open = seam.of_band(static_cast<std::int64_t>(b));
    std::vector<std::int64_t> id_of(static_cast<std::size_t>(done[b].components.count()));
    for (std::size_t c = 0; c < id_of.size(); ++c) {
      const std::int32_t open = done[b].open_of[c];
      if (open < 0) {
        id_of[c] = next++;
        continue;
      }
      std::int64_t& id = id_of_open[static_cast<std::size_t>(of_open[static_cast<std::size_t>(open)])];
      if (id < 0) id = next++;
      id_of[c] = id;
    }
    for (std::size_t i = 0; i < done[b].components.of_run.size(); ++i) {
      ids[done[b].first_run + i] = id_of[static_cast<std::size_t>(done[b].components.of_run[i])];
    }
  }
  return ids;
}

void expect_same_as_whole(const RunTable& table, const Reach& reach, const std::vector<std::int64_t>& heights) {
  const Components whole = connect(table, reach);
  const std::vector<std::int64_t> expected(whole.of_run.begin(), whole.of_run.end());
  ASSERT_EQ(connected_by_bands(table, reach, heights), expected) << heights.front();
}

TEST(Seam, NeighboursInBandsOfEveryHeight) {
  std::mt19937 random(1);
  for (const double density : {0.05, 0.4, 0.6, 0.9}) {
    for (const int directions : {4, 8}) {
      const CellMap map = reference::random_map(random, 23, 1 + static_cast<int>(random() % 70), density);
      const RunTable table = reference::runs_of(map);
      for (std::int64_t height = 1; height <= 23; ++height)
        expect_same_as_whole(table, neighbour_reach(directions), {height});
    }
  }
}

TEST(Seam, DistancesThatReachOverSeveralBands) {
  std::mt19937 random(2);
  for (const double limit : {10.0, 35.0, 100.0}) {
    for (const double density : {0.003, 0.02, 0.2}) {
      const RunTable table = reference::runs_of(reference::random_map(random, 40, 90, density));
      const Reach reach = reach_within(limit, true, 40, true, [](std::int64_t, std::int32_t down, std::int32_t across) {
        return 10 * std::hypot(std::max(0, down - 1), std::max(0, across - 1));
      });
      for (const std::vector<std::int64_t>& heights :
           {std::vector<std::int64_t>{1}, {2}, {3, 1}, {7}, {1, 1, 30, 2}, {11}, {12}, {40}})
        expect_same_as_whole(table, reach, heights);
    }
  }
}

TEST(Seam, ARulePerRow) {
  // Narrower rows further down, as towards a pole: the reach grows from row to row.
  std::mt19937 random(3);
  for (const double density : {0.01, 0.05}) {
    const RunTable table = reference::runs_of(reference::random_map(random, 60, 80, density));
    const Reach reach =
        reach_within(50, false, 60, false, [](std::int64_t row, std::int32_t down, std::int32_t across) {
          const double width = 10 - 0.1 * static_cast<double>(row);
          return std::hypot(10.0 * std::max(0, down - 1), width * std::max(0, across - 1));
        });
    for (std::int64_t height = 1; height <= 60; height += 1 + height / 4) expect_same_as_whole(table, reach, {height});
  }
}

TEST(Seam, ClassesJoinTheirOwn) {
  // Two bands of one row: classes 1 2 1 over 2 1 1.
  BandBorder upper, lower;
  upper.open = lower.open = 3;
  upper.tail.table.append_row(std::vector<urbiome::Run>{{0, 1}, {1, 2}, {2, 3}});
  upper.tail.classes = {1, 2, 1};
  lower.head.first_row = 1;
  lower.head.table.append_row(std::vector<urbiome::Run>{{0, 1}, {1, 2}, {2, 3}});
  lower.head.classes = {2, 1, 3};
  upper.tail.open = lower.head.open = {0, 1, 2};
  const auto joined = [&](int directions) {
    Joined seam(neighbour_reach(directions));
    seam.add(upper);
    seam.add(lower);
    seam.finish();
    return seam.of_nodes();
  };
  EXPECT_EQ(joined(4), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(joined(8), (std::vector<std::int64_t>{0, 1, 0, 1, 0, 2}));
}

TEST(Seam, BandsWithoutRunsMayBeLeftOut) {
  Joined seam(neighbour_reach(8));
  const RunTable table = reference::runs_of(reference::map_of({"##"}));
  const std::vector<std::int32_t> of_run{0};
  seam.add(border_of(table, of_run, 1, 0, neighbour_reach(8), {}));
  seam.add(border_of(table, of_run, 1, 2, neighbour_reach(8), {}));  // row 1 was empty
  seam.add(border_of(table, of_run, 1, 3, neighbour_reach(8), {}));
  seam.finish();
  EXPECT_EQ(seam.count(), 2);
  EXPECT_EQ(seam.of_band(2)[0], 1);
}

TEST(Seam, KeepsNoMoreThanARowHolds) {
  std::mt19937 random(4);
  const RunTable table = reference::runs_of(reference::random_map(random, 4000, 100, 0.5));
  Seam seam(neighbour_reach(4));
  std::int64_t most = 0;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const RunTable band = rows_of(table, row, row + 1);
    const Components components = connect(band, neighbour_reach(4), row);
    seam.add(border_of(band, components.of_run, components.count(), row, neighbour_reach(4), {}));
    EXPECT_LE(seam.above(), 50);
    most = std::max(most, seam.bytes());
  }
  EXPECT_LE(most, 100 * 40);
}

}  // namespace
}  // namespace urbiome
