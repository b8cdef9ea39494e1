#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>

#include <osmium/builder/attr.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/pbf_output.hpp>

#include "io/scratch_folder.h"
#include "urbiome/io/street_reader.h"

namespace urbiome {
namespace {

struct Node {
  std::int64_t id;
  osmium::Location at;
};
struct Way {
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<osmium::object_id_type> nodes;
};

osmium::Location at(double longitude, double latitude) { return {longitude, latitude}; }

void write_pbf(const std::string& path, const std::vector<Node>& nodes, const std::vector<Way>& ways,
               const std::string& options = "") {
  namespace attr = osmium::builder::attr;
  osmium::memory::Buffer buffer(1 << 16, osmium::memory::Buffer::auto_grow::yes);
  for (const Node& node : nodes) osmium::builder::add_node(buffer, attr::_id(node.id), attr::_location(node.at));
  std::int64_t id = 0;
  for (const Way& way : ways)
    osmium::builder::add_way(buffer, attr::_id(++id), attr::_tags(way.tags), attr::_nodes(way.nodes));
  osmium::io::Writer writer(osmium::io::File(path, "pbf" + options), osmium::io::overwrite::allow);
  writer(std::move(buffer));
  writer.close();
}

// The same as lines of points with the ids of their nodes, by libosmium and maps.
struct Lines {
  std::vector<std::vector<Point>> points;
  std::vector<std::vector<std::int64_t>> ids;
  std::int64_t missing = 0;
};

Lines slow_lines(const std::string& path) {
  std::map<std::int64_t, osmium::Location> places;
  std::vector<std::vector<std::int64_t>> ways;
  osmium::io::Reader reader(path);
  while (osmium::memory::Buffer buffer = reader.read()) {
    for (const auto& object : buffer.select<osmium::OSMObject>()) {
      if (object.type() == osmium::item_type::node)
        places[object.id()] = static_cast<const osmium::Node&>(object).location();
      const char* highway = object.tags()["highway"];
      if (object.type() != osmium::item_type::way || highway == nullptr || std::string(highway) == "motorway") continue;
      ways.emplace_back();
      for (const auto& node : static_cast<const osmium::Way&>(object).nodes()) ways.back().push_back(node.ref());
    }
  }
  Lines lines;
  for (const auto& way : ways) {
    std::vector<Point> points;
    std::vector<std::int64_t> ids;
    const auto end_line = [&] {
      if (points.size() > 1) {
        lines.points.push_back(points);
        lines.ids.push_back(ids);
      }
      points.clear();
      ids.clear();
    };
    for (const std::int64_t id : way) {
      const auto found = places.find(id);
      if (found == places.end() || !found->second.valid()) {
        ++lines.missing;
        end_line();
        continue;
      }
      points.push_back({found->second.lon(), found->second.lat()});
      ids.push_back(id);
    }
    end_line();
  }
  return lines;
}

// The layer's lines; places have the same number where they are the same node, in the order of ids.
void expect_same(const StreetLayer& layer, const Lines& lines) {
  ASSERT_EQ(layer.size(), lines.points.size());
  EXPECT_EQ(layer.missing_points, lines.missing);
  std::map<std::int64_t, std::uint32_t> number_of;
  for (std::size_t line = 0; line < layer.size(); ++line) {
    const std::uint32_t begin = layer.first[line];
    ASSERT_EQ(layer.first[line + 1] - begin, lines.points[line].size());
    for (std::uint32_t i = 0; i < lines.points[line].size(); ++i) {
      const std::uint32_t place = layer.place_of[begin + i];
      ASSERT_EQ(layer.places[place], lines.points[line][i]);
      ASSERT_EQ(number_of.try_emplace(lines.ids[line][i], place).first->second, place);
    }
  }
  std::uint32_t last = 0;
  for (const auto& [id, number] : number_of) {
    ASSERT_TRUE(number >= last) << id;
    last = number + 1;
  }
}

// Blocks from the last to the first.
void backwards(std::int64_t count, const std::function<void(std::int64_t)>& body) {
  for (std::int64_t i = count; i-- > 0;) body(i);
}

void expect_as_osmium(const std::string& path) {
  const ScratchFolder folder;
  const std::string table = folder / "walkable.csv";
  put_bytes(table, "key,value,walkable\nhighway,motorway,no\nhighway,*,yes\n");
  const Lines lines = slow_lines(path);
  ASSERT_GT(lines.points.size(), 1000U);
  expect_same(read_streets({.path = path, .walkable = table}, one_by_one), lines);
  expect_same(read_streets({.path = path, .walkable = table}, backwards), lines);
}

std::string message_of(const std::string& path) {
  try {
    read_streets({.path = path}, one_by_one);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unreadable);
    return error.what();
  }
  return "read without a word";
}

TEST(OsmStreets, LinesAreThoseOfTheWays) {
  const ScratchFolder folder;
  const std::string path = folder / "a.osm.pbf";
  write_pbf(path, {{10, at(1, 2)}, {11, at(1.5, 2)}, {20, at(-1.25, -2.5)}},
            {{{{"name", "x"}, {"highway", "residential"}}, {11, 20, 10}},
             {{{"highway", "motorway"}}, {10, 11}},
             {{{"building", "yes"}}, {10, 11}},
             {{{"highway", "path"}, {"foot", "no"}}, {10, 11}},
             {{{"highway", "path"}}, {20, 10}}});
  const StreetLayer layer = read_streets({.path = path}, one_by_one);
  EXPECT_EQ(layer.read, 4);
  EXPECT_EQ(layer.not_walkable, 2);
  EXPECT_EQ(layer.places, (std::vector<Point>{{1, 2}, {1.5, 2}, {-1.25, -2.5}}));
  EXPECT_EQ(layer.place_of, (std::vector<std::uint32_t>{1, 2, 0, 2, 0}));
  EXPECT_EQ(layer.first, (std::vector<std::uint32_t>{0, 3, 5}));
}

// Enough for several blocks of each kind.
std::vector<Node> many_nodes(std::mt19937& random, std::int64_t first_id) {
  std::vector<Node> nodes;
  for (std::int64_t i = 0; i < 20000; ++i) {
    const auto number = [&](double most) { return most * (static_cast<double>(random() % 20001) - 10000) / 10000; };
    nodes.push_back({first_id + i * (1 + i % 3), at(number(180), number(90))});
  }
  std::ranges::sort(nodes, {}, &Node::id);
  nodes.erase(std::unique(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.id == b.id; }),
              nodes.end());
  return nodes;
}

std::vector<Way> many_ways(std::mt19937& random, const std::vector<Node>& nodes) {
  std::vector<Way> ways;
  for (int i = 0; i < 18000; ++i) {
    Way& way = ways.emplace_back();
    way.tags = {{"highway", i % 5 == 0 ? "motorway" : "service"}, {"name", std::to_string(i % 100)}};
    for (int k = static_cast<int>(random() % 6); k >= 0; --k) way.nodes.push_back(nodes[random() % nodes.size()].id);
  }
  return ways;
}

TEST(OsmStreets, AgreeWithLibosmiumHoweverTheFileIsWritten) {
  const ScratchFolder folder;
  const std::string path = folder / "a.osm.pbf";
  std::mt19937 random(8);
  for (const char* options : {"", ",pbf_dense_nodes=false", ",pbf_compression=none"}) {
    const std::vector<Node> nodes = many_nodes(random, 12'000'000'000);
    write_pbf(path, nodes, many_ways(random, nodes), options);
    expect_as_osmium(path);
  }
}

TEST(OsmStreets, NodesMayBeMissingUnsortedGivenTwiceNegativeOrNowhere) {
  const ScratchFolder folder;
  const std::string path = folder / "a.osm.pbf";
  std::mt19937 random(9);
  std::vector<Node> nodes = many_nodes(random, -9000);
  const std::vector<Way> ways = many_ways(random, nodes);
  std::vector<Node> kept;
  for (const Node& node : nodes) {
    if (node.id % 7 != 0) kept.push_back(node);
  }
  write_pbf(path, kept, ways);
  expect_as_osmium(path);
  std::ranges::shuffle(kept, random);
  for (std::size_t i = 0; i < 500; ++i) kept.push_back({kept[i].id, at(static_cast<double>(i) / 1000, 1)});
  for (std::size_t i = 500; i < 600; ++i) kept.push_back({kept[i].id, osmium::Location(2'000'000'000, 5)});
  write_pbf(path, kept, ways);
  expect_as_osmium(path);
}

TEST(OsmStreets, AFileThatIsCutOffOrDamagedIsRefused) {
  const ScratchFolder folder;
  const std::string path = folder / "a.osm.pbf";
  std::mt19937 random(10);
  const std::vector<Node> nodes = many_nodes(random, 1);
  write_pbf(path, nodes, many_ways(random, nodes));
  std::ifstream file(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto said = [&](const std::string& bytes) {
    put_bytes(path, bytes);
    return message_of(path);
  };
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{20}, std::size_t{200}, whole.size() - 1})
    EXPECT_NE(said(whole.substr(0, length)).find("breaks off while it is read"), std::string::npos) << length;
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 0x55);
  EXPECT_NE(said(damaged).find("get the file again"), std::string::npos);
  EXPECT_NE(said("a,b\n1,2\n").find("breaks off"), std::string::npos);
}

TEST(OsmStreets, ARealCityIsReadAsLibosmiumReadsIt) {
  const std::string path = URBIOME_TEST_DATA "/portoalegre_br/poa_osm.pbf";
  if (!std::ifstream(path).good()) GTEST_SKIP() << path << " is not there";
  expect_as_osmium(path);
}

}  // namespace
}  // namespace urbiome
