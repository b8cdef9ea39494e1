#include "urbiome/graph/street_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kLinesAtOnce = 4096;

// A node for each place that lines share or where one ends; kNone for the others.
std::vector<std::uint32_t> nodes_of(const StreetLines& lines, std::size_t& nodes) {
  std::vector<std::uint8_t> seen(lines.place_count, 0);  // 2: twice or more
  const auto see = [&](std::uint32_t place) { seen[place] = std::min(seen[place] + 1, 2); };
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const std::uint32_t begin = lines.first[line], end = lines.first[line + 1];
    if (end - begin < 2) continue;
    for (std::uint32_t i = begin; i < end; ++i) {
      if (i == begin || lines.places[i] != lines.places[i - 1])
        see(lines.places[i]);  // a point given twice does not meet itself
    }
    see(lines.places[begin]);
    see(lines.places[end - 1]);
  }
  std::vector<std::uint32_t> node_of(lines.place_count, kNone);
  nodes = 0;
  for (std::uint32_t place = 0; place < lines.place_count; ++place) {
    if (seen[place] == 2) node_of[place] = static_cast<std::uint32_t>(nodes++);
  }
  return node_of;
}

// visit(point, where its edge begins, its node or kNone) for the points of a line after its first; an edge that goes on
// begins nowhere, kNone.
template <class Visit>
void each_step(const StreetLines& lines, std::size_t line, const std::vector<std::uint32_t>& node_of,
               const Visit& visit) {
  std::uint32_t start = lines.first[line];
  for (std::uint32_t i = start + 1; i < lines.first[line + 1]; ++i) {
    if (lines.places[i] == lines.places[i - 1]) continue;  // a point given twice
    const std::uint32_t node = node_of[lines.places[i]];
    visit(i, start, node);
    start = node != kNone ? i : kNone;
  }
}

struct Counts {
  std::size_t edges = 0, points = 0;
};

}  // namespace

StreetLength street_length(double metres) { return std::llround(metres * kLengthsPerMetre); }

StreetLines::StreetLines(std::span<const StreetLine> lines) {
  std::vector<std::int64_t> known;
  for (const StreetLine& line : lines) known.insert(known.end(), line.places.begin(), line.places.end());
  if (known.size() >= kNone) throw Error(ErrorCode::memory, "streets have more than 4.29 billion points");
  std::ranges::sort(known);
  known.erase(std::unique(known.begin(), known.end()), known.end());
  place_count = static_cast<std::uint32_t>(known.size());
  for (const StreetLine& line : lines) {
    points.insert(points.end(), line.points.begin(), line.points.end());
    for (const std::int64_t place : line.places)
      places.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(known, place) - known.begin()));
    first.push_back(static_cast<std::uint32_t>(points.size()));
  }
}

StreetEdges::StreetEdges(const StreetLines& lines, const MetresBetween& metres_between, const OnThreads& on_threads) {
  const std::vector<std::uint32_t> node_of = nodes_of(lines, nodes);
  const std::size_t blocks = (lines.size() + kLinesAtOnce - 1) / kLinesAtOnce;
  const auto each_block = [&](const auto& visit) {  // visit(block, its lines' begin, their end)
    on_threads(static_cast<std::int64_t>(blocks), [&](std::int64_t i) {
      const auto block = static_cast<std::size_t>(i);
      visit(block, block * kLinesAtOnce, std::min((block + 1) * kLinesAtOnce, lines.size()));
    });
  };
  std::vector<Counts> before(blocks + 1);  // at first of each block, then of all before it
  each_block([&](std::size_t block, std::size_t begin, std::size_t end) {
    Counts counts;
    for (std::size_t line = begin; line < end; ++line) {
      each_step(lines, line, node_of, [&](std::uint32_t, std::uint32_t start, std::uint32_t node) {
        counts.points += start != kNone ? 2 : 1;
        counts.edges += node != kNone ? 1 : 0;
      });
    }
    before[block + 1] = counts;
  });
  for (std::size_t i = 1; i <= blocks; ++i) {
    before[i].edges += before[i - 1].edges;
    before[i].points += before[i - 1].points;
  }
  if (before.back().points >= kNone) throw Error(ErrorCode::memory, "streets have more than 4.29 billion points");
  edges.resize(before.back().edges);
  points.resize(before.back().points);
  first_points.resize(edges.size() + 1, 0);
  each_block([&](std::size_t block, std::size_t begin, std::size_t end) {
    std::size_t edge = before[block].edges, point = before[block].points;
    for (std::size_t line = begin; line < end; ++line) {
      std::uint32_t from = kNone;
      double metres = 0;
      each_step(lines, line, node_of, [&](std::uint32_t i, std::uint32_t start, std::uint32_t node) {
        if (start != kNone) {
          from = node_of[lines.places[start]];
          points[point++] = lines.points[start];
          metres = 0;
        }
        points[point++] = lines.points[i];
        metres += metres_between(lines.points[i - 1], lines.points[i]);
        if (node == kNone) return;
        edges[edge] = {from, node, std::max<StreetLength>(street_length(metres), 1)};
        first_points[++edge] = static_cast<std::uint32_t>(point);
      });
    }
  });
}

}  // namespace urbiome
