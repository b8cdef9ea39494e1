#include "urbiome/io/street_reader.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <osmium/handler.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/visitor.hpp>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/file_bytes.h"
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

// --- OpenStreetMap -------------------------------------------------------------------------------------------------

using NodeIds = std::vector<std::int64_t>;

// An OSM file, read from the start as often as asked.
class OsmFile {
 public:
  explicit OsmFile(const std::string& path) : path_(path) {
    refuse_special_file(path, "an OSM PBF");
    if (path.starts_with("/vsi")) {
      bytes_ = read_bytes(path);
    } else if (!std::filesystem::exists(path)) {
      throw Error(ErrorCode::unreadable, path + " is not there", "an OSM PBF", "check the path");
    }
  }

  template <class Visit>
  void each(osmium::osm_entity_bits::type kinds, const Visit& visit) const {
    try {
      osmium::io::File file =
          bytes_.empty() ? osmium::io::File(path_) : osmium::io::File(bytes_.data(), bytes_.size(), "pbf");
      osmium::io::Reader reader(file, kinds, osmium::io::read_meta::no);
      while (osmium::memory::Buffer buffer = reader.read()) {
        stop_if_cancelled();
        for (const osmium::OSMObject& object : buffer.select<osmium::OSMObject>()) visit(object);
      }
      reader.close();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Error(ErrorCode::unreadable, fmt::format("{} breaks off while it is read: {}", path_, error.what()),
                  "a whole OSM PBF", "get the file again");
    }
  }

 private:
  std::string path_, bytes_;
};

// Locations of the nodes that ways use, by id.
class NodePlaces {
 public:
  explicit NodePlaces(const std::vector<NodeIds>& ways) {
    for (const NodeIds& way : ways) ids_.insert(ids_.end(), way.begin(), way.end());
    std::ranges::sort(ids_);
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    places_.resize(ids_.size());
  }
  void set(std::int64_t id, const osmium::Location& place) {
    const auto found = std::ranges::lower_bound(ids_, id);
    if (found != ids_.end() && *found == id) places_[static_cast<std::size_t>(found - ids_.begin())] = place;
  }
  const osmium::Location& of(std::int64_t id) const {
    return places_[static_cast<std::size_t>(std::ranges::lower_bound(ids_, id) - ids_.begin())];
  }

 private:
  std::vector<std::int64_t> ids_;
  std::vector<osmium::Location> places_;
};

// Lines of the ways, cut where a node is not in the file.
void add_way(const NodeIds& way, const NodePlaces& places, StreetLayer& layer) {
  Ring line;
  NodeIds nodes;
  const auto add = [&] {
    if (line.size() > 1) {
      layer.lines.push_back(line);
      layer.nodes.push_back(nodes);
    }
    line.clear();
    nodes.clear();
  };
  for (const std::int64_t id : way) {
    const osmium::Location& place = places.of(id);
    if (!place.valid()) {
      ++layer.missing_points;
      add();
      continue;
    }
    line.push_back({place.lon_without_check(), place.lat_without_check()});
    nodes.push_back(id);
  }
  add();
}

StreetLayer read_osm(const StreetRequest& request) {
  const WalkableTable table = table_of(request);
  const OsmFile file(request.path);
  StreetLayer layer;
  layer.path = request.path;
  layer.crs = "EPSG:4326";
  std::vector<NodeIds> ways;
  file.each(osmium::osm_entity_bits::way, [&](const osmium::OSMObject& object) {
    const auto& way = static_cast<const osmium::Way&>(object);
    if (way.tags()["highway"] == nullptr) return;
    ++layer.read;
    const auto value_of = [&](const std::string& key) {
      const char* value = way.tags()[key.c_str()];
      return value == nullptr ? std::string_view() : std::string_view(value);
    };
    if (!table.walkable(value_of)) {
      ++layer.not_walkable;
      return;
    }
    NodeIds& nodes = ways.emplace_back();
    for (const osmium::NodeRef& node : way.nodes()) nodes.push_back(node.ref());
  });
  NodePlaces places(ways);
  file.each(osmium::osm_entity_bits::node, [&](const osmium::OSMObject& object) {
    places.set(object.id(), static_cast<const osmium::Node&>(object).location());
  });
  for (const NodeIds& way : ways) add_way(way, places, layer);
  if (layer.missing_points > 0) {
    layer.warnings.push_back(fmt::format("{}: {} points of streets are not in the file; the streets are cut there",
                                         request.path, layer.missing_points));
  }
  return layer;
}

// --- any other layer -----------------------------------------------------------------------------------------------

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

StreetLayer read_streets(const StreetRequest& request) {
  StreetLayer layer = is_pbf(request.path) ? read_osm(request) : read_lines(request);
  if (layer.read == 0) {
    throw Error(ErrorCode::contradiction, request.path + " holds no lines", "streets",
                "give a layer of lines or an OSM PBF with highways");
  }
  if (layer.lines.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: none of {} streets can be walked", request.path, layer.read),
                "one at least", "look at --walkable");
  }
  return layer;
}

}  // namespace urbiome
