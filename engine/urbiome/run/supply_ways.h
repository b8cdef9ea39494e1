// Ways from many points to all targets within a limit, along streets or in a straight line: the costs of floating
// catchments. One search for each point, on threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

// Numbered points of the targets' plane, in blocks for the threads.
class WayOrigins {
 public:
  using Visit = std::function<void(std::uint32_t number, const Point& point)>;
  virtual ~WayOrigins() = default;
  virtual std::size_t blocks() const = 0;
  // From several threads at once; `slot` is the one's own.
  virtual void each(std::size_t block, int slot, const Visit& visit) const = 0;
};

// By block, in metres; a point inside a target is 0 m away. A limit is met by what rounds to it: the rule of the
// catchments looks again. The memory of the costs stays announced. Throws Error{memory}.
using WayCosts = std::vector<std::vector<CatchmentPair>>;
WayCosts straight_ways(const WayOrigins& origins, const TargetShapes& targets, double farthest_m, Executor& executor);
// Points farther than `snap_max_m` from every street reach only what they lie in.
WayCosts street_ways(const WayOrigins& origins, const StreetTargets& targets, const StreetNetwork& streets,
                     double snap_max_m, double farthest_m, Executor& executor);

std::int64_t bytes_of(const WayCosts& costs);

}  // namespace urbiome
