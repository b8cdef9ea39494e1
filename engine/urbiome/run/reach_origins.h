// Where people start, on their streets, and what is nearest: found once for all tables of `network reach`.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/graph/street_reach.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

struct ReachOrigin {
  std::string id;
  std::optional<double> people;
  std::optional<Point> point;                // of a polygon one inside it; empty where it has no place
  StreetTargets::Nearest straight{0, 0};     // with a point: in a straight line, 0 inside a target
  std::optional<StreetPosition> at;          // its street, where one is near enough
  std::optional<StreetReach::Found> target;  // the nearest along streets; empty inside a target

  bool inside_target() const { return point && straight.metres == 0; }
};

class ReachOrigins {
 public:
  struct Limits {
    double snap_m;          // farther from every street has none
    StreetLength farthest;  // longer ways are not found
  };
  // In the order of `places`; where they are, and nothing more.
  ReachOrigins(std::vector<Place> places, Executor& executor);
  // Also their streets and what is nearest.
  ReachOrigins(std::vector<Place> places, const StreetNetwork& streets, const StreetTargets& targets,
               const StreetReach& reach, const Limits& limits, Executor& executor);

  std::size_t size() const { return origins_.size(); }
  const ReachOrigin& operator[](std::size_t i) const { return origins_[i]; }

  // Calls body(block, origin numbers) on the executor's threads; those that follow each other lie near each other.
  std::size_t blocks() const { return static_cast<std::size_t>((count() + kAtOnce - 1) / kAtOnce); }
  std::span<const std::uint32_t> block(std::size_t number) const {
    const std::size_t begin = number * static_cast<std::size_t>(kAtOnce);
    return std::span(along_curve_).subspan(begin, std::min<std::size_t>(kAtOnce, along_curve_.size() - begin));
  }
  template <class Body>
  void each_block(Executor& executor, std::string_view phase, const Body& body) const {
    executor.items(static_cast<std::int64_t>(blocks()), phase, [&](std::int64_t block) {
      body(static_cast<std::size_t>(block), this->block(static_cast<std::size_t>(block)));
    });
  }
  // Calls body(origin number) in the same way.
  template <class Body>
  void each(Executor& executor, std::string_view phase, const Body& body) const {
    each_block(executor, phase, [&](std::size_t, std::span<const std::uint32_t> numbers) {
      for (const std::uint32_t i : numbers) body(i);
    });
  }

  // Calls make(origin number, records, part) on the threads and write(records, part) in the order of the file.
  template <class Part, class Make, class Write>
  void in_order(Executor& executor, std::string_view phase, const Make& make, const Write& write) const {
    struct Block {
      std::string records;
      Part part;
    };
    executor.in_order((count() + kAtOnce - 1) / kAtOnce, phase,
                      [&](std::int64_t number) {
                        Block block{{}, Part()};
                        const std::int64_t begin = number * kAtOnce, end = std::min(begin + kAtOnce, count());
                        for (std::int64_t i = begin; i < end; ++i)
                          make(static_cast<std::size_t>(i), block.records, block.part);
                        return block;
                      },
                      [&](std::int64_t, const Block& block) { write(block.records, block.part); });
  }

 private:
  static constexpr std::int64_t kAtOnce = 4096;
  std::int64_t count() const { return static_cast<std::int64_t>(origins_.size()); }
  void order_along_curve();

  std::vector<ReachOrigin> origins_;
  std::vector<std::uint32_t> along_curve_;
};

}  // namespace urbiome
