#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "urbiome/base/error.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/proj_handles.h"

namespace urbiome {
namespace {

constexpr int kDeepest = 24;  // halvings of one edge

bool finite(const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); }

std::string words(const Point& p) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%.10g %.10g", p.x, p.y);
  return text.data();
}

Point middle(const Point& a, const Point& b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }

// The longitude `x` in the turn nearest to `near`.
double nearest_turn(double x, double near) { return x + 360 * std::round((near - x) / 360); }

double distance_to_segment(const Point& p, const Point& a, const Point& b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  double t = length2 == 0 ? 0 : ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2;
  t = std::fmin(1, std::fmax(0, t));
  return std::hypot(p.x - (a.x + t * dx), p.y - (a.y + t * dy));
}

bool before(const Point& a, const Point& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); }

// A ring whose neighbours are 358 degrees apart in a file crosses the antimeridian; an edge of a whole turn is the
// rim of a world map and stays.
Ring unrolled(const Ring& ring) {
  Ring result = ring;
  double turns = 0;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const double step = ring[i].x - ring[i - 1].x;
    if (std::abs(step) > 180 && std::abs(step) < 360 - 1e-9) turns -= std::round(step / 360);
    result[i].x = ring[i].x + 360 * turns;
  }
  return turns == 0 ? result : ring;  // a ring that does not close went round the world on purpose
}

}  // namespace

struct Transformer::Data {
  ProjContext context;
  ProjObject operation;  // none when both are the same
  bool from_geographic = false, to_geographic = false;
  std::string from, to;
};

namespace {

// Cuts one edge, from the smaller end to the larger, so that neighbours get the same points.
class EdgeCutter {
  struct End {
    Point in, out;
  };

 public:
  EdgeCutter(const Transformer& transformer, bool to_geographic, double tolerance)
      : transformer_(transformer), to_geographic_(to_geographic), tolerance_(tolerance) {}

  // Appends the transformed points after `a`, which is the last of `out`, up to and with `b`, as PROJ gives them.
  void append(const Point& a, const Point& b, Ring& out) {
    points_.clear();
    const bool turned = before(b, a);
    const End from{a, out.back()}, to{b, transformer_(b)};
    points_.push_back(turned ? to.out : from.out);
    cut(turned ? to : from, turned ? from : to, 0);
    if (turned) {
      out.insert(out.end(), points_.rbegin() + 1, points_.rend());
    } else {
      out.insert(out.end(), points_.begin() + 1, points_.end());
    }
  }

 private:
  void cut(const End& a, const End& b, int depth) {
    const Point in = middle(a.in, b.in);
    if (in == a.in || in == b.in) {
      points_.push_back(b.out);
      return;
    }
    const End mid{in, transformer_(in)};
    if (straight(a, mid, b)) {
      points_.push_back(b.out);
      return;
    }
    if (depth == kDeepest) {
      throw Error(ErrorCode::contradiction, "an edge is torn by the projection near " + words(in),
                  "an outline that lies in one piece of the target's map", "choose another CRS or cut the outline");
    }
    cut(a, mid, depth + 1);
    cut(mid, b, depth + 1);
  }

  Point near(Point p, const Point& anchor) const {
    if (to_geographic_) p.x = nearest_turn(p.x, anchor.x);
    return p;
  }

  bool straight(const End& a, const End& mid, const End& b) const {
    const Point b_out = near(b.out, a.out);
    // Below PROJ's own rounding no edge is ever straight.
    const double rounding = 1e-13 * (std::abs(a.out.x) + std::abs(a.out.y) + std::abs(b_out.x) + std::abs(b_out.y));
    const double tolerance = std::fmax(tolerance_, rounding);
    const Point mid_out = near(mid.out, a.out);
    if (!(distance_to_segment(mid_out, a.out, b_out) <= tolerance)) return false;
    const double length = std::hypot(b_out.x - a.out.x, b_out.y - a.out.y);
    if (length <= tolerance) return true;
    // A jump over a cut in the map may lie on the chord, but its middle stays at one end however short the edge.
    const double to_mid = std::hypot(mid_out.x - a.out.x, mid_out.y - a.out.y);
    if (!(to_mid > length / 4 && to_mid < length * 3 / 4)) return false;
    // A long edge may bend both ways and meet its chord in the middle.
    if (length < 1000 * tolerance) return true;
    for (const Point& quarter : {middle(a.in, mid.in), middle(mid.in, b.in)}) {
      if (!(distance_to_segment(near(transformer_(quarter), a.out), a.out, b_out) <= tolerance)) return false;
    }
    return true;
  }

  const Transformer& transformer_;
  bool to_geographic_;
  double tolerance_;
  Ring points_;
};

// Puts the longitudes of a ring in one piece, its middle as near to `anchor` as whole turns allow. Turns are counted
// and applied once, so that shared points stay the same digits in both rings.
void join_turns(Ring& ring, double anchor) {
  if (ring.empty()) return;
  std::vector<double> turns(ring.size(), 0);
  double west = ring[0].x, east = ring[0].x;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    turns[i] = turns[i - 1] - std::round((ring[i].x - ring[i - 1].x) / 360);
    west = std::fmin(west, ring[i].x + 360 * turns[i]);
    east = std::fmax(east, ring[i].x + 360 * turns[i]);
  }
  const double winding = turns.back();
  const double shift = std::round((anchor - (west + east) / 2) / 360);
  double latitudes = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    ring[i].x += 360 * (turns[i] + shift);
    latitudes += ring[i].y;
  }
  if (winding != 0) {
    const double pole = latitudes > 0 ? 90 : -90;
    const double first = ring.front().x, last = ring.back().x;
    ring.push_back({last, pole});
    ring.push_back({first, pole});
    ring.push_back(ring.front());
  }
}

double middle_longitude(const Ring& ring) {
  Box box;
  for (const Point& p : ring) box.include(p);
  return box.empty() ? 0 : (box.xmin + box.xmax) / 2;
}

}  // namespace

Transformer::Transformer(const Crs& from, const Crs& to) : data_(std::make_unique<Data>()) {
  data_->from_geographic = from.is_geographic();
  data_->to_geographic = to.is_geographic();
  data_->from = from.name();
  data_->to = to.name();
  if (from.same_as(to)) return;
  data_->context = new_proj_context();
  PJ_CONTEXT* context = data_->context.get();
  const ProjObject source(proj_create(context, from.wkt().c_str())), target(proj_create(context, to.wkt().c_str()));
  if (source && target) {
    const ProjObject raw(proj_create_crs_to_crs_from_pj(context, source.get(), target.get(), nullptr, nullptr));
    if (raw) data_->operation.reset(proj_normalize_for_visualization(context, raw.get()));
  }
  if (!data_->operation) {
    throw Error(ErrorCode::contradiction, "PROJ knows no way from \"" + data_->from + "\" to \"" + data_->to + "\"",
                "coordinate reference systems of one planet that PROJ can compute", "check both");
  }
}

Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;
Transformer::~Transformer() = default;

bool Transformer::identity() const { return data_->operation == nullptr; }

std::optional<Point> Transformer::find(const Point& point) const {
  if (!finite(point)) return {};
  if (identity()) return point;
  const PJ_COORD out = proj_trans(data_->operation.get(), PJ_FWD, proj_coord(point.x, point.y, 0, HUGE_VAL));
  const Point result{out.xy.x, out.xy.y};
  if (!finite(result)) {
    proj_errno_reset(data_->operation.get());
    return {};
  }
  return result;
}

Point Transformer::operator()(const Point& point) const {
  if (const std::optional<Point> result = find(point)) return *result;
  throw Error(
      ErrorCode::contradiction,
      "the point " + words(point) + " cannot be transformed from \"" + data_->from + "\" to \"" + data_->to + "\"",
      "coordinates within reach of both", "check the CRS of the layer");
}

MultiPolygon Transformer::transform(const MultiPolygon& shape, double tolerance) const {
  if (!(tolerance > 0))
    throw Error(ErrorCode::internal, "a tolerance that is not positive", "a length of the target CRS");
  EdgeCutter cutter(*this, data_->to_geographic, tolerance);
  const auto ring_out = [&](const Ring& ring) {
    Ring out;
    if (ring.empty()) return out;
    if (identity()) {
      for (const Point& p : ring) out.push_back((*this)(p));
      return out;
    }
    const Ring in = data_->from_geographic ? unrolled(ring) : ring;
    out.push_back((*this)(in[0]));
    for (std::size_t i = 1; i < in.size(); ++i) cutter.append(in[i - 1], in[i], out);
    return out;
  };
  const bool join = data_->to_geographic && !identity();
  MultiPolygon result;
  result.polygons.reserve(shape.polygons.size());
  for (const Polygon& polygon : shape.polygons) {
    Polygon out{ring_out(polygon.shell), {}};
    if (join) join_turns(out.shell, 0);
    const double anchor = middle_longitude(out.shell);
    for (const Ring& hole : polygon.holes) {
      out.holes.push_back(ring_out(hole));
      if (join) join_turns(out.holes.back(), anchor);
    }
    result.polygons.push_back(std::move(out));
  }
  return result;
}

std::string Transformer::operation() const {
  if (identity()) return "none: \"" + data_->from + "\" is \"" + data_->to + "\"";
  const ProjObject used(proj_trans_get_last_used_operation(data_->operation.get()));
  const PJ_PROJ_INFO info = proj_pj_info(used ? used.get() : data_->operation.get());
  return info.description == nullptr ? "" : info.description;
}

std::optional<double> Transformer::accuracy_m() const {
  if (identity()) return 0;
  const ProjObject used(proj_trans_get_last_used_operation(data_->operation.get()));
  const double accuracy = proj_pj_info(used ? used.get() : data_->operation.get()).accuracy;
  if (!(accuracy >= 0)) return {};
  return accuracy;
}

}  // namespace urbiome
