#include "urbiome/io/osm_streets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/base/radix_sort.h"
#include "urbiome/io/osm_pbf.h"

namespace urbiome {
namespace {

// --- ways ----------------------------------------------------------------------------------------------------------

// Which ways of a block have a highway and may be walked: asked once of all ways with the same tags.
class WayChoice {
 public:
  WayChoice(const WalkableTable& table, const OsmBlock& block)
      : table_(table), keys_(table.keys()), strings_(block.strings()), values_(keys_.size()) {
    column_of_.reserve(strings_.size());
    for (const std::string_view text : strings_) {
      const auto found = std::ranges::find(keys_, text);
      column_of_.push_back(found == keys_.end() ? kNone : static_cast<std::uint32_t>(found - keys_.begin()));
    }
  }

  static bool is_highway(const OsmWay& way, std::span<const std::string_view> strings) {
    return std::ranges::any_of(way.tags, [&](const OsmTag& tag) { return strings[tag.key] == "highway"; });
  }

  bool walkable(const OsmWay& way) {
    std::ranges::fill(values_, kNone);
    for (const OsmTag& tag : way.tags) {
      const std::uint32_t column = column_of_[tag.key];
      if (column != kNone && values_[column] == kNone) values_[column] = tag.value;  // the first of a key counts
    }
    const auto [known, is_new] = known_.try_emplace(values_, false);
    if (is_new) {
      known->second = table_.walkable([&](const std::string& key) {
        const std::uint32_t value = values_[static_cast<std::size_t>(std::ranges::find(keys_, key) - keys_.begin())];
        return value == kNone ? std::string_view() : strings_[value];
      });
    }
    return known->second;
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  const WalkableTable& table_;
  std::vector<std::string> keys_;
  std::span<const std::string_view> strings_;
  std::vector<std::uint32_t> column_of_;  // of every string, among keys_
  std::vector<std::uint32_t> values_;     // of the keys, for one way
  std::map<std::vector<std::uint32_t>, bool> known_;
};

// What there is in a block: its streets, and which nodes it tells of.
struct Part {
  std::vector<std::int64_t> nodes;  // of its streets, one after the other
  std::vector<std::uint32_t> ends;  // of every street, among those
  std::int64_t read = 0, not_walkable = 0;
  bool has_nodes = false, ascending = true;
  std::int64_t least = 0, most = 0;  // ids of its own nodes
};

Part part_of(const OsmBlock& block, const WalkableTable& table) {
  Part part;
  WayChoice choice(table, block);
  block.each_way([&](const OsmWay& way) {
    if (!WayChoice::is_highway(way, block.strings())) return;
    ++part.read;
    if (!choice.walkable(way)) {
      ++part.not_walkable;
      return;
    }
    part.nodes.insert(part.nodes.end(), way.nodes.begin(), way.nodes.end());
    part.ends.push_back(static_cast<std::uint32_t>(part.nodes.size()));
  });
  const std::vector<OsmNode> nodes = block.nodes();
  part.has_nodes = !nodes.empty();
  if (nodes.empty()) return part;
  part.least = nodes.front().id;
  part.most = nodes.back().id;
  part.ascending = std::ranges::adjacent_find(nodes, std::ranges::greater_equal(), &OsmNode::id) == nodes.end();
  return part;
}

// --- nodes ---------------------------------------------------------------------------------------------------------

// The nodes that streets use, numbered in the order of their ids.
class NodeNumbers {
 public:
  explicit NodeNumbers(std::vector<std::int64_t> ids) : ids_(std::move(ids)) {
    radix_sort(ids_, [](std::int64_t id) { return static_cast<std::uint64_t>(id) ^ std::uint64_t{1} << 63; });
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    ids_.shrink_to_fit();
    if (ids_.empty()) return;
    const std::uint64_t width = place_of(ids_.back());
    while ((width >> shift_) / 2 > ids_.size()) ++shift_;
    first_.assign((width >> shift_) + 2, 0);
    for (const std::int64_t id : ids_) ++first_[(place_of(id) >> shift_) + 1];
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }

  std::size_t size() const { return ids_.size(); }
  std::int64_t id(std::size_t number) const { return ids_[number]; }
  // Of the first id that is not smaller.
  std::size_t from(std::int64_t id) const {
    if (ids_.empty() || id <= ids_.front()) return 0;
    if (id > ids_.back()) return ids_.size();
    const std::uint64_t bucket = place_of(id) >> shift_;
    const auto begin = ids_.begin();
    return static_cast<std::size_t>(std::lower_bound(begin + first_[bucket], begin + first_[bucket + 1], id) - begin);
  }

 private:
  std::uint64_t place_of(std::int64_t id) const {
    return static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(ids_.front());
  }

  std::vector<std::int64_t> ids_;
  int shift_ = 0;
  std::vector<std::uint32_t> first_;  // of ids whose distance from the smallest, shifted, is the same: among ids_
};

constexpr Point kNowhere{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
bool is_nowhere(const Point& place) { return std::isnan(place.x); }

void place_nodes(const OsmBlock& block, bool ascending, const NodeNumbers& numbers, std::vector<Point>& places) {
  std::size_t number = 0;
  bool first = true;
  for (const OsmNode& node : block.nodes()) {
    if (first || !ascending) number = numbers.from(node.id);
    first = false;
    while (number < numbers.size() && numbers.id(number) < node.id) ++number;
    if (number == numbers.size() || numbers.id(number) != node.id) continue;
    places[number] =
        node.on_earth() ? Point{node.x / OsmNode::kUnitsPerDegree, node.y / OsmNode::kUnitsPerDegree} : kNowhere;
  }
}

// --- both ----------------------------------------------------------------------------------------------------------

class OsmStreets {
 public:
  OsmStreets(const std::string& path, const WalkableTable& table, const OnThreads& on_threads)
      : file_(path), on_threads_(on_threads), parts_(file_.blocks()) {
    layer_.path = path;
    layer_.crs = "EPSG:4326";
    on_threads_(blocks(), [&](std::int64_t i) { parts_[at(i)] = part_of(file_.block(at(i)), table); });
  }

  StreetLayer layer() {
    lay_lines();
    number_nodes();
    find_places();
    cut_lines();
    return std::move(layer_);
  }

 private:
  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  std::int64_t blocks() const { return static_cast<std::int64_t>(parts_.size()); }

  void lay_lines() {
    std::size_t points = 0, lines = 0;
    for (const Part& part : parts_) {
      first_points_.push_back(points);
      points += part.nodes.size();
      lines += part.ends.size();
      layer_.read += part.read;
      layer_.not_walkable += part.not_walkable;
    }
    if (points >= std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorCode::memory, "streets have more than 4.29 billion points");
    layer_.place_of.resize(points);
    layer_.first.reserve(lines + 1);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      for (const std::uint32_t end : parts_[i].ends)
        layer_.first.push_back(static_cast<std::uint32_t>(first_points_[i] + end));
    }
  }

  void number_nodes() {
    std::vector<std::int64_t> ids;
    ids.reserve(layer_.place_of.size());
    for (const Part& part : parts_) ids.insert(ids.end(), part.nodes.begin(), part.nodes.end());
    numbers_ = NodeNumbers(std::move(ids));
    on_threads_(blocks(), [&](std::int64_t i) {
      std::vector<std::int64_t> nodes = std::move(parts_[at(i)].nodes);
      for (std::size_t k = 0; k < nodes.size(); ++k)
        layer_.place_of[first_points_[at(i)] + k] = static_cast<std::uint32_t>(numbers_.from(nodes[k]));
    });
  }

  // Where a node is told of twice the last one counts, so blocks whose ids overlap wait for each other.
  void find_places() {
    layer_.places.assign(numbers_.size(), kNowhere);
    bool apart = true;
    std::vector<std::size_t> with_nodes;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i].has_nodes) continue;
      apart = apart && parts_[i].ascending && (with_nodes.empty() || parts_[with_nodes.back()].most < parts_[i].least);
      with_nodes.push_back(i);
    }
    const OnThreads& each = apart ? on_threads_ : OnThreads(one_by_one);
    each(static_cast<std::int64_t>(with_nodes.size()), [&](std::int64_t i) {
      const std::size_t block = with_nodes[at(i)];
      place_nodes(file_.block(block), parts_[block].ascending, numbers_, layer_.places);
    });
  }

  // Where a node is not in the file.
  void cut_lines() {
    const bool whole = std::ranges::none_of(layer_.places, is_nowhere);
    std::vector<std::uint32_t> first{0};
    first.reserve(layer_.first.size());
    std::uint32_t kept = 0;
    const auto end_line = [&] {
      if (kept - first.back() > 1)
        first.push_back(kept);
      else
        kept = first.back();
    };
    for (std::size_t line = 0; line + 1 < layer_.first.size(); ++line) {
      for (std::uint32_t i = layer_.first[line]; i < layer_.first[line + 1]; ++i) {
        const std::uint32_t place = layer_.place_of[i];
        if (whole || !is_nowhere(layer_.places[place])) {
          layer_.place_of[kept++] = place;
          continue;
        }
        ++layer_.missing_points;
        end_line();
      }
      end_line();
    }
    layer_.place_of.resize(kept);
    layer_.first = std::move(first);
    if (layer_.missing_points == 0) return;
    layer_.warnings.push_back(fmt::format("{}: {} points of streets are not in the file; the streets are cut there",
                                          layer_.path, layer_.missing_points));
  }

  OsmPbf file_;
  const OnThreads& on_threads_;
  std::vector<Part> parts_;                // of every block
  std::vector<std::size_t> first_points_;  // likewise, among those of the layer
  NodeNumbers numbers_{{}};
  StreetLayer layer_;
};

}  // namespace

StreetLayer read_osm_streets(const std::string& path, const WalkableTable& table, const OnThreads& on_threads) {
  return OsmStreets(path, table, on_threads).layer();
}

}  // namespace urbiome
