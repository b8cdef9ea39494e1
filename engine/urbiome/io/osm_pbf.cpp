#include "urbiome/io/osm_pbf.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <osmium/io/detail/pbf_decoder.hpp>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/file_bytes.h"

namespace urbiome {
namespace {

namespace file_format = osmium::io::detail::FileFormat;
namespace osm_format = osmium::io::detail::OSMFormat;
using osmium::pbf_error;
using Wire = protozero::pbf_wire_type;
using VarInts = osmium::io::detail::varint_range;

constexpr std::size_t kMostHeading = osmium::io::detail::max_blob_header_size;
constexpr std::size_t kMostBytes = osmium::io::detail::max_uncompressed_blob_size;

template <class Tag>
constexpr std::uint32_t field(Tag tag, Wire wire) {
  return protozero::tag_and_type(tag, wire);
}

template <class Read>
auto reading(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::unreadable, fmt::format("{} breaks off while it is read: {}", path, error.what()),
                "a whole OSM PBF", "get the file again");
  }
}

std::vector<char> inflated(std::string_view packed, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> inflater{
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor};
  if (!inflater) throw std::bad_alloc();
  std::vector<char> bytes(size);
  if (libdeflate_zlib_decompress(inflater.get(), packed.data(), packed.size(), bytes.data(), size, nullptr) !=
      LIBDEFLATE_SUCCESS)
    throw pbf_error("a block cannot be unpacked");
  return bytes;
}

std::vector<char> unpacked(const std::string& blob) {
  using Blob = file_format::Blob;
  std::size_t size = 0;
  std::string_view packed;
  protozero::pbf_message<Blob> message(blob);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case field(Blob::optional_bytes_raw, Wire::length_delimited): {
        const auto raw = message.get_view();
        if (raw.size() > kMostBytes) throw pbf_error("illegal blob size");
        return {raw.data(), raw.data() + raw.size()};
      }
      case field(Blob::optional_int32_raw_size, Wire::varint): {
        const std::int32_t told = message.get_int32();
        if (told <= 0 || static_cast<std::size_t>(told) > kMostBytes) throw pbf_error("illegal blob size");
        size = static_cast<std::size_t>(told);
        break;
      }
      case field(Blob::optional_bytes_zlib_data, Wire::length_delimited): {
        const auto view = message.get_view();
        packed = {view.data(), view.size()};
        break;
      }
      default:
        throw pbf_error("a block is packed in another way than with zlib");
    }
  }
  if (packed.empty() || size == 0) throw pbf_error("blob contains no data");
  return inflated(packed, size);
}

std::string_view text_of(const protozero::data_view& view) { return {view.data(), view.size()}; }

std::uint32_t big_endian(const std::string& bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

// --- blocks --------------------------------------------------------------------------------------------------------

OsmBlock::OsmBlock(std::string path, std::vector<char> bytes) : path_(std::move(path)), bytes_(std::move(bytes)) {
  using Block = osm_format::PrimitiveBlock;
  using Table = osm_format::StringTable;
  protozero::pbf_message<Block> message(bytes_.data(), bytes_.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case field(Block::required_StringTable_stringtable, Wire::length_delimited): {
        if (!strings_.empty()) throw pbf_error("more than one stringtable in pbf file");
        protozero::pbf_message<Table> table(message.get_view());
        while (table.next(Table::repeated_bytes_s, Wire::length_delimited))
          strings_.push_back(text_of(table.get_view()));
        break;
      }
      case field(Block::repeated_PrimitiveGroup_primitivegroup, Wire::length_delimited):
        groups_.push_back(text_of(message.get_view()));
        break;
      case field(Block::optional_int32_granularity, Wire::varint):
        granularity_ = message.get_int32();
        break;
      case field(Block::optional_int64_lat_offset, Wire::varint):
        latitude_offset_ = message.get_int64();
        break;
      case field(Block::optional_int64_lon_offset, Wire::varint):
        longitude_offset_ = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
}

void OsmBlock::each_way(const std::function<void(const OsmWay&)>& visit) const {
  reading(path_, [&] {
    using Group = osm_format::PrimitiveGroup;
    using Way = osm_format::Way;
    std::vector<OsmTag> tags;
    std::vector<std::int64_t> nodes;
    const auto number = [&](VarInts& numbers) {
      const std::uint32_t found = numbers.next_uint32();
      if (found >= strings_.size()) throw pbf_error("string id out of range");
      return found;
    };
    for (const std::string_view bytes : groups_) {
      protozero::pbf_message<Group> group(bytes.data(), bytes.size());
      while (group.next(Group::repeated_Way_ways, Wire::length_delimited)) {
        VarInts keys, values, refs;
        protozero::pbf_message<Way> way(group.get_view());
        while (way.next()) {
          switch (way.tag_and_type()) {
            case field(Way::packed_uint32_keys, Wire::length_delimited):
              keys = VarInts(way.get_view());
              break;
            case field(Way::packed_uint32_vals, Wire::length_delimited):
              values = VarInts(way.get_view());
              break;
            case field(Way::packed_sint64_refs, Wire::length_delimited):
              refs = VarInts(way.get_view());
              break;
            default:
              way.skip();
          }
        }
        tags.clear();
        while (!keys.empty() && !values.empty()) {
          const std::uint32_t key = number(keys);
          tags.push_back({key, number(values)});
        }
        nodes.clear();
        for (std::int64_t id = 0; !refs.empty();) nodes.push_back(id += refs.next_sint64());
        visit({tags, nodes});
      }
    }
  });
}

OsmNode OsmBlock::node(std::int64_t id, std::int64_t longitude, std::int64_t latitude) const {
  using osmium::io::detail::resolution_convert;  // of the file's billionths of a degree
  return {id, static_cast<std::int32_t>((longitude * granularity_ + longitude_offset_) / resolution_convert),
          static_cast<std::int32_t>((latitude * granularity_ + latitude_offset_) / resolution_convert)};
}

void OsmBlock::add_node(std::string_view bytes, std::vector<OsmNode>& nodes) const {
  using Node = osm_format::Node;
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
  std::int64_t id = 0, longitude = kNone, latitude = kNone;
  protozero::pbf_message<Node> message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case field(Node::required_sint64_id, Wire::varint):
        id = message.get_sint64();
        break;
      case field(Node::required_sint64_lat, Wire::varint):
        latitude = message.get_sint64();
        break;
      case field(Node::required_sint64_lon, Wire::varint):
        longitude = message.get_sint64();
        break;
      default:
        message.skip();
    }
  }
  if (longitude == kNone || latitude == kNone) throw pbf_error("illegal coordinate format");
  nodes.push_back(node(id, longitude, latitude));
}

void OsmBlock::add_dense_nodes(std::string_view bytes, std::vector<OsmNode>& nodes) const {
  using Dense = osm_format::DenseNodes;
  VarInts ids, latitudes, longitudes;
  protozero::pbf_message<Dense> message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case field(Dense::packed_sint64_id, Wire::length_delimited):
        ids = VarInts(message.get_view());
        break;
      case field(Dense::packed_sint64_lat, Wire::length_delimited):
        latitudes = VarInts(message.get_view());
        break;
      case field(Dense::packed_sint64_lon, Wire::length_delimited):
        longitudes = VarInts(message.get_view());
        break;
      default:
        message.skip();
    }
  }
  std::int64_t id = 0, longitude = 0, latitude = 0;
  while (!ids.empty()) {
    if (longitudes.empty() || latitudes.empty()) throw pbf_error("PBF format error");
    id += ids.next_sint64();
    longitude += longitudes.next_sint64();
    latitude += latitudes.next_sint64();
    nodes.push_back(node(id, longitude, latitude));
  }
}

std::vector<OsmNode> OsmBlock::nodes() const {
  return reading(path_, [&] {
    using Group = osm_format::PrimitiveGroup;
    std::vector<OsmNode> nodes;
    for (const std::string_view bytes : groups_) {
      protozero::pbf_message<Group> group(bytes.data(), bytes.size());
      while (group.next()) {
        switch (group.tag_and_type()) {
          case field(Group::repeated_Node_nodes, Wire::length_delimited):
            add_node(text_of(group.get_view()), nodes);
            break;
          case field(Group::optional_DenseNodes_dense, Wire::length_delimited):
            add_dense_nodes(text_of(group.get_view()), nodes);
            break;
          default:
            group.skip();
        }
      }
    }
    return nodes;
  });
}

// --- the file ------------------------------------------------------------------------------------------------------

OsmPbf::OsmPbf(const std::string& path) : path_(path) {
  refuse_special_file(path, "an OSM PBF");
  const bool local = !path.starts_with("/vsi");
  if (local && !std::filesystem::exists(path))
    throw Error(ErrorCode::unreadable, path + " is not there", "an OSM PBF", "check the path");
  if (!local) bytes_ = read_bytes(path);
  try {
    reading(path_, [&] {
      if (local) open();
      find_blobs();
    });
  } catch (...) {
    close();
    throw;
  }
}

OsmPbf::~OsmPbf() { close(); }

void OsmPbf::open() {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) throw std::system_error(errno, std::system_category(), fmt::format("Open failed for '{}'", path_));
}

void OsmPbf::close() {
  if (file_ >= 0) ::close(file_);
}

std::string OsmPbf::read(std::int64_t begin, std::size_t bytes) const {
  if (file_ < 0) {
    const auto size = static_cast<std::int64_t>(bytes_.size());
    return bytes_.substr(static_cast<std::size_t>(std::min(begin, size)), bytes);
  }
  std::string found(bytes, '\0');
  std::size_t got = 0;
  while (got < bytes) {
    const ssize_t more = ::pread(file_, found.data() + got, bytes - got, begin + static_cast<std::int64_t>(got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw std::system_error(errno, std::system_category(), "Read failed");
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  found.resize(got);
  return found;
}

// The blob that begins at `at`, which goes on to its end; false at the end of the file.
bool OsmPbf::next_blob(std::int64_t& at, const char* type, Blob& blob) const {
  using Heading = file_format::BlobHeader;
  const std::string length = read(at, 4);
  const std::uint32_t size = length.size() < 4 ? 0 : big_endian(length);
  if (size == 0) return false;
  if (size > kMostHeading) throw pbf_error("invalid BlobHeader size (> max_blob_header_size)");
  const std::string bytes = read(at + 4, size);
  if (bytes.size() < size) throw pbf_error("unexpected EOF");
  std::string_view found;
  std::int32_t data = 0;
  protozero::pbf_message<Heading> message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case field(Heading::required_string_type, Wire::length_delimited):
        found = text_of(message.get_view());
        break;
      case field(Heading::required_int32_datasize, Wire::varint):
        data = message.get_int32();
        break;
      default:
        message.skip();
    }
  }
  if (data == 0) throw pbf_error("PBF format error: BlobHeader.datasize missing or zero.");
  if (found != type)
    throw pbf_error("blob does not have expected type (OSMHeader in first blob, OSMData in following blobs)");
  if (data < 0 || static_cast<std::size_t>(data) > kMostBytes)
    throw pbf_error(fmt::format("invalid blob size: {}", data));
  blob = {at + 4 + static_cast<std::int64_t>(size), static_cast<std::size_t>(data)};
  at = blob.begin + data;
  if (read(at - 1, 1).empty()) throw pbf_error("unexpected EOF");
  return true;
}

void OsmPbf::find_blobs() {
  std::int64_t at = 0;
  Blob blob{0, 0};
  if (!next_blob(at, "OSMHeader", blob)) throw pbf_error("blob contains no data");
  osmium::io::detail::decode_header(read(blob.begin, blob.bytes));
  while (next_blob(at, "OSMData", blob)) {
    stop_if_cancelled();
    blobs_.push_back(blob);
  }
}

OsmBlock OsmPbf::block(std::size_t i) const {
  return reading(path_, [&] {
    const Blob& blob = blobs_[i];
    const std::string packed = read(blob.begin, blob.bytes);
    if (packed.size() < blob.bytes) throw pbf_error("unexpected EOF");
    return OsmBlock(path_, unpacked(packed));
  });
}

}  // namespace urbiome
