#include "urbiome/io/street_reader.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/osm_streets.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/io/walkable.h"

namespace urbiome {
namespace {

bool is_pbf(const std::string& path) {
  std::string end = path.substr(path.size() - std::min<std::size_t>(path.size(), 4));
  std::ranges::transform(end, end.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return end == ".pbf";
}

WalkableTable table_of(const StreetRequest& request) {
  return request.walkable.empty() ? WalkableTable::shipped() : WalkableTable::read(request.walkable);
}

// OSM's own rule: the layer as written, else a bridge is one above and a tunnel one below the ground.
int level_of(std::string_view layer, std::string_view bridge, std::string_view tunnel) {
  int level = 0;
  if (std::from_chars(layer.data(), layer.data() + layer.size(), level).ec == std::errc() && level != 0) return level;
  if (!bridge.empty() && bridge != "no") return 1;
  return !tunnel.empty() && tunnel != "no" ? -1 : 0;
}

// The columns of the layer that are asked for as tags.
std::vector<std::string> columns_of(const StreetRequest& request, const WalkableTable& table) {
  std::vector<std::string> wanted = table.keys(), found;
  for (const char* key : {"layer", "bridge", "tunnel"}) {
    if (std::ranges::find(wanted, key) == wanted.end()) wanted.push_back(key);
  }
  for (const LayerDescription& layer : describe_vector(request.path)) {
    if (!request.layer.empty() && layer.name != request.layer) continue;
    for (const auto& [name, type] : layer.fields) {
      if (std::ranges::find(wanted, name) != wanted.end()) found.push_back(name);
    }
    break;  // the first, where none is named
  }
  return found;
}

StreetLayer read_lines(const StreetRequest& request) {
  const WalkableTable table = table_of(request);
  VectorRequest vector{.path = request.path, .layer = request.layer, .columns = columns_of(request, table)};
  const bool tagged = std::ranges::find(vector.columns, "highway") != vector.columns.end();
  VectorLayer read = read_vector(vector);
  StreetLayer layer;
  layer.path = request.path;
  layer.crs = read.crs;
  layer.warnings = read.warnings;
  for (Feature& feature : read.features) {
    std::map<std::string, std::string> tags;
    for (std::size_t i = 0; i < vector.columns.size(); ++i) tags[vector.columns[i]] = text_of(feature.attributes[i]);
    const auto value_of = [&](const std::string& key) {
      const auto found = tags.find(key);
      return found == tags.end() ? std::string_view() : std::string_view(found->second);
    };
    for (Ring& line : feature.lines) {
      if (line.size() < 2) continue;
      ++layer.read;
      if (tagged && !table.walkable(value_of)) {
        ++layer.not_walkable;
        continue;
      }
      layer.lines.push_back(std::move(line));
      layer.levels.push_back(level_of(value_of("layer"), value_of("bridge"), value_of("tunnel")));
    }
  }
  return layer;
}

}  // namespace

std::int64_t StreetLayer::points() const {
  auto count = static_cast<std::int64_t>(place_of.size());
  for (const Ring& line : lines) count += static_cast<std::int64_t>(line.size());
  return count;
}

StreetLayer read_streets(const StreetRequest& request, const OnThreads& on_threads) {
  StreetLayer layer =
      is_pbf(request.path) ? read_osm_streets(request.path, table_of(request), on_threads) : read_lines(request);
  if (layer.read == 0) {
    throw Error(ErrorCode::contradiction, request.path + " holds no lines", "streets",
                "give a layer of lines or an OSM PBF with highways");
  }
  if (layer.size() == 0) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: none of {} streets can be walked", request.path, layer.read),
                "one at least", "look at --walkable");
  }
  return layer;
}

}  // namespace urbiome
