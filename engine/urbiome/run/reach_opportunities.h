// How many targets, and how much of their ground, everyone reaches within some limits: cumulative opportunities.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/graph/street_opportunities.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/run/reach_origins.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

class ReachOpportunities {
 public:
  // Keeps origins and targets; both must outlive it. One search for each origin and measure.
  ReachOpportunities(const StreetNetwork& streets, const StreetTargets& targets, const ReachOrigins& origins,
                     std::vector<ReachLimit> limits, Executor& executor);

  // Columns origin_id, within, unit, people, targets, area_ha, straight_targets, straight_area_ha; a row for each
  // origin and limit. Returns the people, or where none are told the origins, that reach a target within each limit.
  std::vector<double> write(const std::string& path, bool count_people, Executor& executor) const;

 private:
  struct Sum {
    std::uint32_t targets = 0;
    std::int64_t area = 0;  // in units of 2^-16 m2: sums do not depend on their order
  };
  struct Answer {
    Sum street, straight;
  };
  struct Group;  // limits that one search answers
  void search(const StreetNetwork& streets, const Group& group, Executor& executor);
  void search_straight(Executor& executor);
  void add(const TargetsFound& found, std::size_t limit, Sum& sum) const;
  void add_rows(std::size_t origin, std::string& records) const;
  Answer& answer(std::size_t origin, std::size_t limit) { return answers_[origin * limits_.size() + limit]; }
  const Answer& answer(std::size_t origin, std::size_t limit) const {
    return answers_[origin * limits_.size() + limit];
  }

  const StreetTargets& targets_;
  const ReachOrigins& origins_;
  std::vector<ReachLimit> limits_;
  std::vector<std::int64_t> areas_;  // of every target
  std::vector<Answer> answers_;      // of every origin, limit by limit
};

}  // namespace urbiome
