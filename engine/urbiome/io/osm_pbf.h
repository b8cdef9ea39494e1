// The blocks of an OSM PBF, each unpacked on its own, so that several threads may read one file.
//
// Formats: the OSM wiki's "PBF Format" with blobs that are raw or packed with zlib, granularities and offsets, dense
// and single nodes. What is not asked for (relations, tags of nodes, who changed what) is passed over.
//
//   const OsmPbf file("city.osm.pbf");
//   const OsmBlock block = file.block(i);                     // 0 <= i < file.blocks(); from any thread
//   block.each_way([&](const OsmWay& way) { block.strings()[way.tags[0].key]; });
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace urbiome {

struct OsmTag {
  std::uint32_t key, value;  // numbers of strings of the block
};

struct OsmWay {
  std::span<const OsmTag> tags;
  std::span<const std::int64_t> nodes;  // their ids
};

// Where a node is, in degrees times 10^7.
struct OsmNode {
  static constexpr double kUnitsPerDegree = 1e7;
  std::int64_t id;
  std::int32_t x, y;

  bool on_earth() const {
    constexpr std::int32_t kMost = 1'800'000'000;
    return -kMost <= x && x <= kMost && -kMost / 2 <= y && y <= kMost / 2;
  }
};

// What one block holds. Its functions throw as OsmPbf does.
class OsmBlock {
 public:
  OsmBlock(OsmBlock&&) = default;
  OsmBlock& operator=(OsmBlock&&) = default;

  const std::vector<std::string_view>& strings() const { return strings_; }
  // A way's tags and nodes are there until the next one.
  void each_way(const std::function<void(const OsmWay&)>& visit) const;
  std::vector<OsmNode> nodes() const;

 private:
  friend class OsmPbf;
  OsmBlock(std::string path, std::vector<char> bytes);
  void add_node(std::string_view bytes, std::vector<OsmNode>& nodes) const;
  void add_dense_nodes(std::string_view bytes, std::vector<OsmNode>& nodes) const;
  OsmNode node(std::int64_t id, std::int64_t longitude, std::int64_t latitude) const;

  std::string path_;
  std::vector<char> bytes_;
  std::vector<std::string_view> strings_, groups_;
  std::int64_t granularity_ = 100, longitude_offset_ = 0, latitude_offset_ = 0;
};

// Throws Error{unreadable}: not there, a pipe, cut off, damaged, no PBF, features that are not known.
class OsmPbf {
 public:
  explicit OsmPbf(const std::string& path);
  ~OsmPbf();
  OsmPbf(const OsmPbf&) = delete;
  OsmPbf& operator=(const OsmPbf&) = delete;

  std::size_t blocks() const { return blobs_.size(); }
  OsmBlock block(std::size_t i) const;

 private:
  struct Blob {
    std::int64_t begin;
    std::size_t bytes;
  };
  void open();
  void close();
  void find_blobs();
  bool next_blob(std::int64_t& at, const char* type, Blob& blob) const;
  std::string read(std::int64_t begin, std::size_t bytes) const;  // fewer at the end

  std::string path_;
  int file_ = -1;
  std::string bytes_;  // of a /vsi path
  std::vector<Blob> blobs_;
};

}  // namespace urbiome
