#include "urbiome/run/space_layer.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "urbiome/io/feature_tags.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/space_tags.h"
#include "urbiome/run/distances.h"
#include "urbiome/run/layers.h"

namespace urbiome {
namespace {

using Access = ListedSpace::Access;

// In OSM files ways and relations have ids of their own, and this column says which it is.
const std::string kWayId = "osm_way_id";
// The layer of areas where GDAL reads an OSM file, and in what is converted from one.
const std::string kOsmAreas = "multipolygons";

bool equal_but_case(const std::string& a, const std::string& b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// A layer of the recipe read by its tags, or whole.
class SpaceReader {
 public:
  explicit SpaceReader(const GreenSpacesInput& input) : input_(input) {
    request_.path = input.path;
    request_.layer = input.layer;
    request_.columns = {kWayId};
    request_.columns_may_lack = true;
    if (input.tags.empty()) return;
    tags_ = SpaceTags::read(input.tags);
    columns_ = tag_columns(tags_->keys());
    request_.columns.insert(request_.columns.end(), columns_.begin(), columns_.end());
    request_.keep = [this](const std::vector<Cell>& attributes) { return tagged(attributes).has_value(); };
    if (!input.layer.empty()) return;
    const std::vector<std::string> layers = vector_layers(input.path);
    if (std::ranges::find(layers, kOsmAreas) != layers.end()) request_.layer = kOsmAreas;
  }
  SpaceReader(const SpaceReader&) = delete;
  SpaceReader& operator=(const SpaceReader&) = delete;

  bool by_tags() const { return tags_.has_value(); }

  VectorLayer read() const {
    VectorLayer layer = read_vector(request_);
    if (by_tags() && layer.features.empty()) throw nothing_found(layer);
    return layer;
  }

  // What the tags say of a feature that was read.
  TaggedSpace tagged(const Feature& feature) const {
    return by_tags() ? tagged(feature.attributes).value_or(TaggedSpace{}) : TaggedSpace{};
  }

  using Id = std::pair<std::int64_t, std::string>;
  static Id id_of(const Feature& feature) { return {feature.fid, text_of(feature.attributes.front())}; }

  // The features for which a condition holds; none for an empty one.
  std::set<Id> where(const std::string& condition) const {
    std::set<Id> ids;
    if (condition.empty()) return ids;
    VectorRequest request = request_;
    request.where = condition;
    for (const Feature& feature : read_vector(request).features) ids.insert(id_of(feature));
    return ids;
  }

 private:
  std::optional<TaggedSpace> tagged(const std::vector<Cell>& attributes) const {
    const FeatureTags tags(columns_, std::span(attributes).subspan(1));
    return tags_->space([&](const std::string& key) { return tags.value(key); });
  }

  Error nothing_found(const VectorLayer& layer) const {
    const auto is_there = [&](const std::string& column) {
      return std::ranges::any_of(layer.columns, [&](const std::string& c) { return equal_but_case(c, column); });
    };
    if (std::ranges::none_of(columns_, is_there)) {
      return {ErrorCode::contradiction,
              fmt::format("{} layer {} has none of the columns that the tags {} ask for", layer.path, layer.layer,
                          input_.tags),
              "one of " + listed(columns_), "name the layer that has tags, or leave tags out: then all are spaces"};
    }
    return {ErrorCode::contradiction,
            fmt::format("none of {} features of {} layer {} is a green space by the tags {}", layer.left_out,
                        layer.path, layer.layer, input_.tags),
            "one at least", "give another layer, or other tags"};
  }

  const GreenSpacesInput& input_;
  std::optional<SpaceTags> tags_;
  std::vector<std::string> columns_;
  VectorRequest request_;
};

// How many spaces there are of each kind.
struct Tally {
  std::int64_t green = 0, blue = 0, open = 0, closed = 0, unknown = 0, both = 0;

  void count(const ListedSpace& space) {
    ++(space.role == Role::green ? green : blue);
    ++(space.access == Access::open ? open : space.access == Access::closed ? closed : unknown);
  }
};

void tell(const GreenSpacesInput& input, const Tally& tally, std::int64_t matched, std::int64_t left_out,
          AuditLog& audit) {
  if (tally.both > 0)
    audit.warn(input.path, fmt::format("{} spaces match both public and private; they count as private", tally.both));
  const std::int64_t spaces = tally.green + tally.blue;
  if (!input.tags.empty()) {
    audit.note(input.path, fmt::format("{} of {} features are spaces by the tags {}: {} green, {} blue; {} public, {} "
                                       "private, {} of unknown access",
                                       matched, matched + left_out, input.tags, tally.green, tally.blue, tally.open,
                                       tally.closed, tally.unknown));
  } else if (tally.unknown > 0) {
    audit.note(input.path, fmt::format("access is unknown for {} of {} spaces", tally.unknown, spaces));
  }
}

void note_overlaps(const GreenSpacesInput& input, const std::vector<MultiPolygon>& shapes, Executor& executor,
                   AuditLog& audit) {
  const double overlap = overlapping_area(shapes, on_threads(executor));
  const double whole = overlap > 0 ? planar_area(union_of(shapes, on_threads(executor))) : 0;
  if (whole > 0 && overlap / whole > 1e-6) {
    audit.note(input.path,
               fmt::format("spaces overlap on {:.3g} % of their ground; it counts once", 100 * overlap / whole));
  }
}

}  // namespace

void append_spaces(const GreenSpacesInput& input, std::size_t number, const Crs& crs, const Grid& grid,
                   Executor& executor, AuditLog& audit, std::vector<ListedSpace>& spaces) {
  const SpaceReader reader(input);
  VectorLayer read = reader.read();
  const auto matched = static_cast<std::int64_t>(read.features.size()), left_out = read.left_out;
  const PolygonLayer layer = polygons_of(std::move(read), input.provenance.crs, "green_spaces layer", audit);
  note_transformation(input.path, layer.crs, crs, audit);
  const auto open = reader.where(input.public_where), closed = reader.where(input.private_where);
  const Transformer transformer(layer.crs, crs);  // once: PROJ may search long for the way between two CRSs
  Tally tally;
  std::vector<MultiPolygon> shapes;
  for (const Feature& feature : layer.features) {
    const TaggedSpace tagged = reader.tagged(feature);
    const SpaceReader::Id id = SpaceReader::id_of(feature);
    const bool is_open = open.contains(id), is_closed = closed.contains(id);
    tally.both += is_open && is_closed ? 1 : 0;
    const std::optional<bool> is_public = is_closed ? false : is_open ? true : tagged.is_public;
    const Access access = !is_public ? Access::unknown : *is_public ? Access::open : Access::closed;
    shapes.push_back(on_grid(feature.polygons, transformer, crs, grid));
    spaces.push_back({shapes.back(), tagged.role.value_or(input.role), access, number});
    tally.count(spaces.back());
  }
  if (std::none_of(shapes.begin(), shapes.end(),
                   [&](const MultiPolygon& shape) { return bounds(shape).intersects(box_of(grid)); })) {
    throw Error(ErrorCode::contradiction,
                fmt::format("no space of the green_spaces layer {} lies on the land cover or in the city", input.path),
                "layers of the same place", "check the crs of both layers (urbiome audit)");
  }
  tell(input, tally, matched, left_out, audit);
  note_overlaps(input, shapes, executor, audit);
}

}  // namespace urbiome
