#include "urbiome/run/street_slopes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/run/layers.h"

namespace urbiome {
namespace {

constexpr double kStep_m = 25, kSteepest = 1;
constexpr std::int64_t kEdgesAtOnce = 2048;

// The part of a raster of heights that streets lie on.
class Heights {
 public:
  Heights(const ValueSource& source, const Box& box, Executor& executor) : grid_(source.grid()) {
    const auto row = [&](double y) {
      return static_cast<std::int64_t>(std::clamp(grid_.row_of(y), -2.0, grid_.height + 2.0));
    };
    const auto col = [&](double x) {
      return static_cast<std::int64_t>(std::clamp(grid_.col_of(x), -2.0, grid_.width + 2.0));
    };
    const std::int64_t top = row(box.ymax) - 2, left = col(box.xmin) - 2;
    window_ = intersection({top, left, row(box.ymin) + 3 - top, col(box.xmax) + 3 - left}, whole(grid_));
    if (window_.empty()) return;
    executor.memory().reserve(window_.cells() * static_cast<std::int64_t>(sizeof(float)),
                              "the heights of all streets (coarser ones need less: gdalwarp -tr)");
    heights_.resize(static_cast<std::size_t>(window_.cells()));
    const auto reader = source.open();
    const std::int64_t rows = std::clamp<std::int64_t>(source.block_rows(), 1, window_.rows);
    std::vector<double> values;
    for (std::int64_t at = 0; at < window_.rows; at += rows) {
      stop_if_cancelled();
      const Window part{window_.row + at, window_.col, std::min(rows, window_.rows - at), window_.cols};
      values.resize(static_cast<std::size_t>(part.cells()));
      reader->read(part, values);
      std::ranges::transform(values, heights_.begin() + at * window_.cols,
                             [](double v) { return static_cast<float>(v); });
    }
  }

  bool covers(const Point& point) const {
    const double row = grid_.row_of(point.y), col = grid_.col_of(point.x);
    return row >= 0 && row <= static_cast<double>(grid_.height) && col >= 0 && col <= static_cast<double>(grid_.width);
  }

  // Bilinear between the centres of cells, as at the outermost centre beyond it; NaN where a cell that counts has none.
  double at(const Point& point) const {
    const double row = std::clamp(grid_.row_of(point.y) - 0.5, 0.0, static_cast<double>(grid_.height - 1));
    const double col = std::clamp(grid_.col_of(point.x) - 0.5, 0.0, static_cast<double>(grid_.width - 1));
    const double down = row - std::floor(row), right = col - std::floor(col);
    const auto r = static_cast<std::int64_t>(row), c = static_cast<std::int64_t>(col);
    double height = 0;
    const auto add = [&](std::int64_t i, std::int64_t k, double share) {
      if (share > 0) height += share * cell(i, k);
    };
    add(r, c, (1 - down) * (1 - right));
    add(r, c + 1, (1 - down) * right);
    add(r + 1, c, down * (1 - right));
    add(r + 1, c + 1, down * right);
    return height;
  }

 private:
  double cell(std::int64_t row, std::int64_t col) const {
    const std::int64_t i = row - window_.row, k = col - window_.col;
    if (i < 0 || i >= window_.rows || k < 0 || k >= window_.cols) return std::nan("");
    return static_cast<double>(heights_[static_cast<std::size_t>(i * window_.cols + k)]);
  }

  Grid grid_;
  Window window_;
  std::vector<float> heights_;
};

// What streets cover in the raster's system; a map keeps the outline of an area, so that points of it are enough.
Box box_of(const StreetGraph& graph, const FromPlane& to_raster) {
  Box plane, box;
  for (std::uint32_t edge = 0; edge < graph.edges(); ++edge) {
    for (const Point& point : graph.shape(edge)) plane.include(point);
  }
  constexpr int kSteps = 64;
  for (int i = 0; i <= kSteps; ++i) {
    for (int k = 0; k <= kSteps; ++k) {
      const auto point = to_raster.find(
          {plane.xmin + (plane.xmax - plane.xmin) * i / kSteps, plane.ymin + (plane.ymax - plane.ymin) * k / kSteps});
      if (point) box.include(*point);
    }
  }
  return box;
}

// Metres of streets, and of those without a height.
struct Lengths {
  StreetLength all = 0, outside = 0, nodata = 0;
  void add(const Lengths& other) {
    all += other.all;
    outside += other.outside;
    nodata += other.nodata;
  }
};

// Walks along an edge and adds up what it takes in both directions.
class EdgeWalk {
 public:
  EdgeWalk(const LocalPlane& plane, const Heights& heights, const FromPlane& to_raster)
      : plane_(plane), heights_(heights), to_raster_(to_raster) {}

  StreetGraph::Times walk(std::span<const Point> shape, Lengths& lengths) {
    double forward = 0, backward = 0;
    Place here = place(shape[0]);
    for (std::size_t i = 1; i < shape.size(); ++i) {
      const Point &a = shape[i - 1], &b = shape[i];
      const double length = plane_.metres(a, b);
      const int steps = std::max(1, static_cast<int>(std::ceil(length / kStep_m)));
      const double run = length / steps;
      for (int k = 1; k <= steps; ++k) {
        const double share = static_cast<double>(k) / steps;
        const Place next = place({a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)});
        const double rise = next.height - here.height;
        const bool known = !std::isnan(rise) && run > 0;
        forward += run * (known ? tobler_factor(rise / run) : 1);
        backward += run * (known ? tobler_factor(-rise / run) : 1);
        lengths.all += street_length(run);
        if (std::isnan(rise)) (here.outside || next.outside ? lengths.outside : lengths.nodata) += street_length(run);
        here = next;
      }
    }
    return {std::max<StreetLength>(street_length(forward), 1), std::max<StreetLength>(street_length(backward), 1)};
  }

 private:
  struct Place {
    double height;
    bool outside;
  };
  Place place(const Point& point) const {
    const auto found = to_raster_.find(point);
    if (!found || !heights_.covers(*found)) return {std::nan(""), true};
    return {heights_.at(*found), false};
  }

  const LocalPlane& plane_;
  const Heights& heights_;
  const FromPlane& to_raster_;
};

void tell_of(const std::string& path, const Lengths& lengths, AuditLog& audit) {
  const auto km = [](StreetLength length) { return metres_of(length) / 1000; };
  if (lengths.outside + lengths.nodata == lengths.all) {
    throw Error(ErrorCode::contradiction, path + " has no height for any of the streets", "a raster that covers them",
                "give one of this place, or say its CRS (--elevation-crs)");
  }
  if (lengths.outside > 0) {
    audit.warn(path, fmt::format("{:.1f} of {:.1f} km of streets lie outside of it and are taken as flat",
                                 km(lengths.outside), km(lengths.all)));
  }
  if (lengths.nodata > 0) {
    audit.warn(path, fmt::format("{:.1f} of {:.1f} km of streets lie on nodata and are taken as flat",
                                 km(lengths.nodata), km(lengths.all)));
  }
}

}  // namespace

double tobler_factor(double slope) {
  return std::exp(3.5 * (std::abs(std::clamp(slope, -kSteepest, kSteepest) + 0.05) - 0.05));
}

void lay_slopes(StreetNetwork& network, const ElevationRequest& request, const ValueLayer& heights, Executor& executor,
                AuditLog& audit) {
  for (const std::string& warning : heights.info.warnings) audit.warn(request.path, warning);
  const Crs crs = crs_of(request.path, heights.info.crs, request.crs, "the raster of heights",
                         "say it (--elevation-crs EPSG:...), or write it into the file");
  const StreetGraph& graph = network.graph;
  const Heights ground(*heights.source, box_of(graph, FromPlane(network.plane, crs)), executor);
  const auto edges = static_cast<std::int64_t>(graph.edges());
  std::vector<StreetGraph::Times> times(graph.edges());
  std::vector<std::optional<FromPlane>> to_raster(static_cast<std::size_t>(executor.threads()));
  Lengths lengths;
  executor.in_order((edges + kEdgesAtOnce - 1) / kEdgesAtOnce, "slopes of streets",
                    [&](std::int64_t block) {
                      auto& own = to_raster[static_cast<std::size_t>(executor.current_slot())];
                      if (!own) own.emplace(network.plane, crs);
                      EdgeWalk walk(network.plane, ground, *own);
                      Lengths part;
                      const std::int64_t begin = block * kEdgesAtOnce, end = std::min(begin + kEdgesAtOnce, edges);
                      for (auto i = static_cast<std::uint32_t>(begin); i < end; ++i)
                        times[i] = walk.walk(graph.shape(i), part);
                      return part;
                    },
                    [&](std::int64_t, const Lengths& part) { lengths.add(part); });
  tell_of(request.path, lengths, audit);
  network.graph.set_times(std::move(times));
}

}  // namespace urbiome
