#include "urbiome/vector/overlay.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <memory>
#include <numeric>
#include <utility>

#include <geos_c.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/vector/geos_handle.h"

namespace urbiome {
namespace {

// GEOS asks now and then during long work whether it is to stop, for all threads at once and for whoever else uses it
// in this process: each answers for the thread that is asked.
class Interruption {
 public:
  static void watch() {
    static const bool once = [] {
      s_before = GEOS_interruptRegisterCallback([] {
        if (s_before != nullptr) s_before();
        if (cancelled()) GEOS_interruptRequest();
      });
      return true;
    }();
    static_cast<void>(once);
  }
  // Where GEOS has given up: was it for this?
  static void throw_if_cancelled() {
    if (cancelled()) GEOS_interruptCancel();  // the request of another thread is made again
    stop_if_cancelled();
  }

 private:
  inline static GEOSInterruptCallback* s_before = nullptr;
};

// GEOS' handle of one thread, with the last error it reported.
class Context {
 public:
  Context() : handle_(GEOS_init_r()) {
    Interruption::watch();
    GEOSContext_setErrorMessageHandler_r(
        handle_, [](const char* message, void* self) { static_cast<Context*>(self)->message_ = message; }, this);
  }
  ~Context() { GEOS_finish_r(handle_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  GEOSContextHandle_t handle() const { return handle_; }
  const std::string& message() const { return message_; }

 private:
  GEOSContextHandle_t handle_;
  std::string message_;
};

Context& context() {
  static thread_local Context instance;
  return instance;
}

GEOSContextHandle_t handle() { return context().handle(); }

struct Destroy {
  void operator()(GEOSGeometry* g) const { GEOSGeom_destroy_r(handle(), g); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

[[noreturn]] void refuse(std::string_view doing) {
  throw Error(ErrorCode::contradiction, std::string(doing) + " failed: " + context().message(),
              "polygons with sound coordinates", "repair the layer");
}

Geometry checked(GEOSGeometry* g, std::string_view doing) {
  Geometry owned(g);
  Interruption::throw_if_cancelled();
  if (owned == nullptr) refuse(doing);
  return owned;
}

Geometry collection(int type, std::vector<Geometry> parts) {
  std::vector<GEOSGeometry*> raw;
  raw.reserve(parts.size());
  for (Geometry& part : parts) raw.push_back(part.release());  // GEOS takes them, even when it fails
  return checked(GEOSGeom_createCollection_r(handle(), type, raw.data(), static_cast<unsigned>(raw.size())),
                 "collecting polygons");
}

// ---- from our types to GEOS

// Fewer than three corners cannot bound anything; GEOS refuses such rings outright.
bool collapsed(const Ring& ring) {
  const std::size_t corners = ring.empty() || ring.front() == ring.back() ? ring.size() : ring.size() + 1;
  return corners < 4;
}

// x, y, x, y ...; `room` for so many points more.
std::vector<double> coordinates_of(const Ring& line, std::size_t room) {
  std::vector<double> xy;
  xy.reserve(2 * (line.size() + room));
  for (const Point& p : line) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
      throw Error(ErrorCode::contradiction, "a shape has a coordinate that is infinite or not a number",
                  "finite coordinates", "repair the layer");
    }
    xy.insert(xy.end(), {p.x, p.y});
  }
  return xy;
}

GEOSCoordSequence* sequence_of(const std::vector<double>& xy) {
  GEOSCoordSequence* points =
      GEOSCoordSeq_copyFromBuffer_r(handle(), xy.data(), static_cast<unsigned>(xy.size() / 2), 0, 0);
  if (points == nullptr) refuse("reading a line");
  return points;
}

Geometry to_geos(const Ring& ring) {
  std::vector<double> xy = coordinates_of(ring, 1);
  if (!(ring.front() == ring.back())) xy.insert(xy.end(), {ring.front().x, ring.front().y});
  return checked(GEOSGeom_createLinearRing_r(handle(), sequence_of(xy)), "reading a ring");
}

Geometry to_geos(const MultiPolygon& shape) {
  std::vector<Geometry> polygons;
  for (const Polygon& polygon : shape.polygons) {
    if (collapsed(polygon.shell)) continue;
    Geometry shell = to_geos(polygon.shell);
    std::vector<Geometry> holes;
    for (const Ring& hole : polygon.holes) {
      if (!collapsed(hole)) holes.push_back(to_geos(hole));
    }
    std::vector<GEOSGeometry*> raw;
    for (Geometry& hole : holes) raw.push_back(hole.release());
    polygons.push_back(
        checked(GEOSGeom_createPolygon_r(handle(), shell.release(), raw.data(), static_cast<unsigned>(raw.size())),
                "reading a polygon"));
  }
  return collection(GEOS_MULTIPOLYGON, std::move(polygons));
}

// ---- and back

double signed_area(const Ring& ring) {
  double twice = 0;
  for (std::size_t i = 1; i + 1 < ring.size(); ++i) {  // a fan from the first point: far origins cost no digits
    const double ax = ring[i].x - ring[0].x, ay = ring[i].y - ring[0].y;
    const double bx = ring[i + 1].x - ring[0].x, by = ring[i + 1].y - ring[0].y;
    twice += ax * by - ay * bx;
  }
  return twice / 2;
}

Ring from_geos(const GEOSGeometry* ring, bool counter_clockwise) {
  const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(handle(), ring);
  unsigned count = 0;
  if (points == nullptr || GEOSCoordSeq_getSize_r(handle(), points, &count) == 0) refuse("reading a ring");
  Ring result(count);
  for (unsigned i = 0; i < count; ++i) {
    if (GEOSCoordSeq_getXY_r(handle(), points, i, &result[i].x, &result[i].y) == 0) refuse("reading a ring");
  }
  if ((signed_area(result) > 0) != counter_clockwise) std::reverse(result.begin(), result.end());
  return result;
}

void add_polygons(const GEOSGeometry* g, MultiPolygon& into) {
  const int type = GEOSGeomTypeId_r(handle(), g);
  if (type == GEOS_POLYGON) {
    if (GEOSisEmpty_r(handle(), g) != 0) return;
    Polygon polygon{from_geos(GEOSGetExteriorRing_r(handle(), g), true), {}};
    const int holes = GEOSGetNumInteriorRings_r(handle(), g);
    for (int i = 0; i < holes; ++i) {
      polygon.holes.push_back(from_geos(GEOSGetInteriorRingN_r(handle(), g, i), false));
    }
    into.polygons.push_back(std::move(polygon));
  } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
    const int parts = GEOSGetNumGeometries_r(handle(), g);
    for (int i = 0; i < parts; ++i) add_polygons(GEOSGetGeometryN_r(handle(), g, i), into);
  }
}

MultiPolygon from_geos(const Geometry& g) {
  MultiPolygon shape;
  add_polygons(g.get(), shape);
  return shape;
}

Geometry make_valid(const Geometry& g) {
  const auto destroy = [](GEOSMakeValidParams* p) { GEOSMakeValidParams_destroy_r(handle(), p); };
  const std::unique_ptr<GEOSMakeValidParams, decltype(destroy)> params(GEOSMakeValidParams_create_r(handle()), destroy);
  if (!params) refuse("repairing a polygon");
  GEOSMakeValidParams_setMethod_r(handle(), params.get(), GEOS_MAKE_VALID_STRUCTURE);
  GEOSMakeValidParams_setKeepCollapsed_r(handle(), params.get(), 0);
  return checked(GEOSMakeValidWithParams_r(handle(), g.get(), params.get()), "repairing a polygon");
}

using Binary = GEOSGeometry* (*)(GEOSContextHandle_t, const GEOSGeometry*, const GEOSGeometry*);

// Invalid polygons make GEOS give up; they are repaired then, and only then.
MultiPolygon overlay(Binary operation, const MultiPolygon& a, const MultiPolygon& b, std::string_view doing) {
  const Geometry ga = to_geos(a), gb = to_geos(b);
  if (Geometry result{operation(handle(), ga.get(), gb.get())}) return from_geos(result);
  Interruption::throw_if_cancelled();
  const Geometry va = make_valid(ga), vb = make_valid(gb);
  return from_geos(checked(operation(handle(), va.get(), vb.get()), doing));
}

void require_shallow(const std::string& wkt) {
  constexpr int kDeepest = 16;  // the reader of GEOS recurses
  int depth = 0;
  for (const char c : wkt) {
    depth += (c == '(') - (c == ')');
    if (depth > kDeepest) {
      throw Error(ErrorCode::contradiction, "well-known text nested more than 16 deep", "a polygon or multipolygon");
    }
  }
}

bool polygonal(const GEOSGeometry* g) {
  const int type = GEOSGeomTypeId_r(handle(), g);
  if (type == GEOS_POLYGON || type == GEOS_MULTIPOLYGON) return true;
  if (type != GEOS_GEOMETRYCOLLECTION) return false;
  const int parts = GEOSGetNumGeometries_r(handle(), g);
  for (int i = 0; i < parts; ++i) {
    if (!polygonal(GEOSGetGeometryN_r(handle(), g, i))) return false;
  }
  return true;
}

bool has_collapsed_ring(const MultiPolygon& shape) {
  return std::any_of(shape.polygons.begin(), shape.polygons.end(), [](const Polygon& polygon) {
    return collapsed(polygon.shell) || std::any_of(polygon.holes.begin(), polygon.holes.end(), collapsed);
  });
}

// Boxes of shapes, `margin` wider on every side, and the shapes from left to right.
struct FromLeft {
  explicit FromLeft(std::span<const MultiPolygon> shapes, double margin = 0) : order(shapes.size()) {
    boxes.reserve(shapes.size());
    for (const MultiPolygon& shape : shapes) {
      const Box box = bounds(shape);
      boxes.push_back({box.xmin - margin, box.ymin - margin, box.xmax + margin, box.ymax + margin});
    }
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return boxes[a].xmin < boxes[b].xmin; });
  }
  // Calls visit(shape) for the shapes right of order[i] whose boxes meet that one's.
  template <typename Visit>
  void meet(std::size_t i, const Visit& visit) const {
    const Box& box = boxes[order[i]];
    for (std::size_t j = i + 1; j < order.size() && boxes[order[j]].xmin <= box.xmax; ++j) {
      if (box.intersects(boxes[order[j]])) visit(order[j]);
    }
  }

  std::vector<Box> boxes;
  std::vector<std::size_t> order;
};

void run(std::int64_t count, const ForEach& for_each, const std::function<void(std::int64_t)>& body) {
  if (for_each) return for_each(count, body);
  for (std::int64_t i = 0; i < count; ++i) body(i);
}

// Things that are joined in pairs, directly or by way of others.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  bool together(std::size_t a, std::size_t b) { return root(a) == root(b); }
  void join(std::size_t a, std::size_t b) {
    const std::size_t one = root(a), other = root(b);
    parent_[std::max(one, other)] = std::min(one, other);
  }
  // Of every thing the number of its group; groups in the order of their first things.
  std::vector<std::uint32_t> numbers() {
    std::vector<std::uint32_t> group_of(parent_.size());
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < parent_.size(); ++i)
      group_of[i] = root(i) == i ? count++ : group_of[root(i)];  // a root is its group's first thing
    return group_of;
  }

 private:
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  std::vector<std::size_t> parent_;
};

// Shapes whose boxes meet, directly or by way of others.
std::vector<std::vector<std::size_t>> groups_that_meet(std::span<const MultiPolygon> shapes) {
  const FromLeft sorted(shapes);
  Groups groups(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i)
    sorted.meet(i, [&](std::size_t other) { groups.join(sorted.order[i], other); });
  const std::vector<std::uint32_t> numbers = groups.numbers();
  std::vector<std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (numbers[i] == members.size()) members.emplace_back();
    members[numbers[i]].push_back(i);
  }
  return members;
}

MultiPolygon union_of_group(std::span<const MultiPolygon> shapes, const std::vector<std::size_t>& group) {
  // GEOS hands a lone polygon back as it is, sound or not.
  if (group.size() == 1 && shapes[group[0]].polygons.size() == 1) {
    Repair lone = repaired(shapes[group[0]]);
    return lone.changed ? std::move(lone.shape) : from_geos(to_geos(lone.shape));
  }
  const auto all = [&](bool repair) {
    std::vector<Geometry> parts;
    parts.reserve(group.size());
    for (const std::size_t i : group) {
      parts.push_back(to_geos(shapes[i]));
      if (repair) parts.back() = make_valid(parts.back());
    }
    return collection(GEOS_GEOMETRYCOLLECTION, std::move(parts));
  };
  const Geometry together = all(false);
  if (Geometry result{GEOSUnaryUnion_r(handle(), together.get())}) return from_geos(result);
  Interruption::throw_if_cancelled();
  const Geometry valid = all(true);
  return from_geos(checked(GEOSUnaryUnion_r(handle(), valid.get()), "joining polygons"));
}

}  // namespace

GEOSContextHandle_t geos_handle() { return handle(); }

Repair repaired(const MultiPolygon& shape) {
  const Geometry g = to_geos(shape);
  char* reason = nullptr;
  GEOSGeometry* location = nullptr;
  const char valid = GEOSisValidDetail_r(handle(), g.get(), 0, &reason, &location);
  const Geometry owned_location(location);
  std::string words = reason == nullptr ? "" : reason;
  GEOSFree_r(handle(), reason);
  Interruption::throw_if_cancelled();
  if (valid != 0 && valid != 1) refuse("checking a polygon");
  if (valid == 1) {
    if (!has_collapsed_ring(shape)) return {shape, false, ""};
    return {from_geos(g), true, "Too few points in a ring"};
  }
  double x = 0, y = 0;
  if (location != nullptr && GEOSGeomGetX_r(handle(), location, &x) == 1 &&
      GEOSGeomGetY_r(handle(), location, &y) == 1) {
    char place[96];
    std::snprintf(place, sizeof place, " at %.10g %.10g", x, y);
    words += place;
  }
  return {from_geos(make_valid(g)), true, words};
}

MultiPolygon union_of(std::span<const MultiPolygon> shapes, const ForEach& for_each) {
  const std::vector<std::vector<std::size_t>> groups = groups_that_meet(shapes);
  std::vector<MultiPolygon> joined(groups.size());
  run(static_cast<std::int64_t>(groups.size()), for_each, [&](std::int64_t i) {
    joined[static_cast<std::size_t>(i)] = union_of_group(shapes, groups[static_cast<std::size_t>(i)]);
  });
  MultiPolygon all;
  for (MultiPolygon& part : joined)
    std::move(part.polygons.begin(), part.polygons.end(), std::back_inserter(all.polygons));
  return all;
}

MultiPolygon intersection_of(const MultiPolygon& a, const MultiPolygon& b) {
  return overlay(GEOSIntersection_r, a, b, "intersecting polygons");
}

MultiPolygon clipped(const MultiPolygon& shape, const Box& box) {
  if (shape.empty() || !bounds(shape).intersects(box)) return {};
  const Geometry whole = to_geos(shape);
  Geometry part{GEOSClipByRect_r(handle(), whole.get(), box.xmin, box.ymin, box.xmax, box.ymax)};
  if (part == nullptr) {
    Interruption::throw_if_cancelled();
    return intersection_of(shape, rectangle(box));
  }
  return repaired(from_geos(part)).shape;
}

MultiPolygon beside(std::span<const Ring> lines, double width) {
  constexpr int kQuarterCircle = 8;
  std::vector<Geometry> parts;
  parts.reserve(lines.size());
  for (const Ring& line : lines)
    parts.push_back(
        checked(GEOSGeom_createLineString_r(handle(), sequence_of(coordinates_of(line, 0))), "reading a line"));
  const Geometry all = collection(GEOS_MULTILINESTRING, std::move(parts));
  return from_geos(checked(GEOSBuffer_r(handle(), all.get(), width, kQuarterCircle), "widening lines"));
}

MultiPolygon difference_of(const MultiPolygon& a, const MultiPolygon& b) {
  return overlay(GEOSDifference_r, a, b, "subtracting polygons");
}

Point point_inside(const MultiPolygon& shape) {
  const Geometry g = to_geos(shape);
  const auto point_of = [](GEOSGeometry* found) {
    const Geometry point = checked(found, "finding a point inside");
    Point at;
    if (GEOSGeomGetX_r(handle(), point.get(), &at.x) != 1 || GEOSGeomGetY_r(handle(), point.get(), &at.y) != 1)
      refuse("finding a point inside");
    return at;
  };
  const Point centroid = point_of(GEOSGetCentroid_r(handle(), g.get()));
  return contains(shape, centroid) ? centroid : point_of(GEOSPointOnSurface_r(handle(), g.get()));
}

std::vector<std::uint32_t> groups_within(const MultiPolygon& shapes, double gap) {
  std::vector<MultiPolygon> singles;
  singles.reserve(shapes.polygons.size());
  for (const Polygon& polygon : shapes.polygons) singles.push_back({{polygon}});
  const FromLeft sorted(singles, gap / 2);
  const auto destroy = [](const GEOSPreparedGeometry* g) { GEOSPreparedGeom_destroy_r(handle(), g); };
  Groups groups(singles.size());
  for (std::size_t i = 0; i < singles.size(); ++i) {
    const std::size_t one = sorted.order[i];
    Geometry shape;
    std::unique_ptr<const GEOSPreparedGeometry, decltype(destroy)> prepared(nullptr, destroy);
    sorted.meet(i, [&](std::size_t other) {
      if (groups.together(one, other)) return;
      if (prepared == nullptr) {
        shape = to_geos(singles[one]);
        prepared.reset(GEOSPrepare_r(handle(), shape.get()));
      }
      const Geometry neighbour = to_geos(singles[other]);
      const char near = gap > 0 ? GEOSPreparedDistanceWithin_r(handle(), prepared.get(), neighbour.get(), gap)
                                : GEOSPreparedIntersects_r(handle(), prepared.get(), neighbour.get());
      Interruption::throw_if_cancelled();
      if (near != 0 && near != 1) refuse("measuring between polygons");
      if (near == 1) groups.join(one, other);
    });
  }
  return groups.numbers();
}

double planar_area(const MultiPolygon& shape) {
  double total = 0;
  for (const Polygon& polygon : shape.polygons) {
    double area = std::abs(signed_area(polygon.shell));
    for (const Ring& hole : polygon.holes) area -= std::abs(signed_area(hole));
    total += std::max(area, 0.0);
  }
  return total;
}

double overlapping_area(std::span<const MultiPolygon> shapes, const ForEach& for_each) {
  const FromLeft sorted(shapes);
  std::vector<std::vector<MultiPolygon>> shared(shapes.size());
  run(static_cast<std::int64_t>(shapes.size()), for_each, [&](std::int64_t at) {
    const auto i = static_cast<std::size_t>(at);
    sorted.meet(i, [&](std::size_t other) {
      MultiPolygon both = intersection_of(shapes[sorted.order[i]], shapes[other]);
      if (!both.empty()) shared[i].push_back(std::move(both));
    });
  });
  std::vector<MultiPolygon> pieces;  // what each pair shares; joined, as three may share the same ground
  for (auto& list : shared) std::move(list.begin(), list.end(), std::back_inserter(pieces));
  return pieces.empty() ? 0 : planar_area(union_of(pieces));
}

MultiPolygon polygons_from_wkt(const std::string& wkt) {
  require_shallow(wkt);
  const auto destroy = [](GEOSWKTReader* reader) { GEOSWKTReader_destroy_r(handle(), reader); };
  const std::unique_ptr<GEOSWKTReader, decltype(destroy)> reader(GEOSWKTReader_create_r(handle()), destroy);
  if (!reader) refuse("reading well-known text");
  const Geometry g(GEOSWKTReader_read_r(handle(), reader.get(), wkt.c_str()));
  if (!g) {
    throw Error(ErrorCode::contradiction, "well-known text cannot be read: " + context().message(),
                "a polygon or multipolygon");
  }
  if (!polygonal(g.get())) {
    throw Error(ErrorCode::contradiction, "well-known text holds other shapes than polygons",
                "a polygon or multipolygon");
  }
  MultiPolygon shape = from_geos(g);
  to_geos(shape);  // refuses coordinates that are not finite
  return shape;
}

}  // namespace urbiome
