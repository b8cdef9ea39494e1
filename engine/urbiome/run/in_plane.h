// Work on threads that each have a transformer into a plane of their own.
//
//   InPlane in_plane(crs, plane, executor);
//   in_plane.each(points.size(), 4096, "placing streets",
//                 [&](std::size_t i, const PlaneTransformer& in) { found[i] = in.find(points[i]); });
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/vector/local_plane.h"

namespace urbiome {

class InPlane {
 public:
  // Throws Error{contradiction} when no operation leads from the CRS into the plane.
  InPlane(const Crs& crs, const LocalPlane& plane, Executor& executor)
      : crs_(crs), plane_(plane), executor_(executor), in_(static_cast<std::size_t>(executor.threads())) {
    in_.front().emplace(crs, plane);
  }

  // Calls visit(i, transformer) for 0 <= i < count on the executor's threads, `at_once` of them one after the other.
  template <class Visit>
  void each(std::size_t count, std::size_t at_once, std::string_view phase, const Visit& visit) {
    executor_.items(static_cast<std::int64_t>((count + at_once - 1) / at_once), phase, [&](std::int64_t block) {
      std::optional<PlaneTransformer>& own = in_[static_cast<std::size_t>(executor_.current_slot())];
      if (!own) own.emplace(crs_, plane_);
      const std::size_t begin = static_cast<std::size_t>(block) * at_once, end = std::min(begin + at_once, count);
      for (std::size_t i = begin; i < end; ++i) visit(i, *own);
    });
  }

 private:
  Crs crs_;
  LocalPlane plane_;
  Executor& executor_;
  std::vector<std::optional<PlaneTransformer>> in_;  // of each thread
};

}  // namespace urbiome
