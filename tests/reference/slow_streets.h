// Ways along streets by brute force: every entrance and every person is a node of its own, and lengths are relaxed
// until nothing changes (Bellman-Ford).
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "urbiome/graph/street_reach.h"

namespace urbiome::reference {

class SlowStreets {
 public:
  SlowStreets(const StreetGraph& graph, const std::vector<StreetEntrance>& entrances,
              const std::vector<StreetPosition>& people)
      : entrances_(entrances), people_(people) {
    const std::size_t first = graph.nodes();
    std::map<std::uint32_t, std::vector<std::pair<StreetLength, std::size_t>>> on_edge;
    for (std::uint32_t e = 0; e < graph.edges(); ++e) {
      on_edge[e].push_back({0, graph.edge(e).from});
      on_edge[e].push_back({graph.edge(e).length, graph.edge(e).to});
    }
    for (std::size_t i = 0; i < entrances.size(); ++i)
      on_edge[entrances[i].at.edge].push_back({entrances[i].at.from_start, first + i});
    for (std::size_t i = 0; i < people.size(); ++i)
      on_edge[people[i].edge].push_back({people[i].from_start, first + entrances.size() + i});
    for (auto& [edge, stops] : on_edge) {
      std::ranges::stable_sort(stops, {}, [](const auto& stop) { return stop.first; });
      for (std::size_t i = 1; i < stops.size(); ++i)
        steps_.push_back({stops[i - 1].second, stops[i].second, stops[i].first - stops[i - 1].first});
    }
    places_ = first + entrances.size() + people.size();
    first_entrance_ = first;
    first_person_ = first + entrances.size();
  }

  // Length and target of every person, kNone where there is no way.
  static constexpr StreetLength kNone = std::numeric_limits<StreetLength>::max();
  std::vector<std::pair<StreetLength, std::uint32_t>> nearest() const {
    std::vector<std::pair<StreetLength, std::uint32_t>> best(places_, {kNone, 0});
    for (std::size_t i = 0; i < entrances_.size(); ++i) {
      auto& here = best[first_entrance_ + i];
      here = std::min(here, {street_length(entrances_[i].at.away_m), entrances_[i].target});
    }
    for (bool changed = true; changed;) {
      changed = false;
      const auto relax = [&](std::size_t from, std::size_t to, StreetLength length) {
        if (best[from].first == kNone) return;
        const std::pair<StreetLength, std::uint32_t> way{best[from].first + length, best[from].second};
        if (way < best[to]) best[to] = way, changed = true;
      };
      for (const Step& step : steps_) {
        relax(step.from, step.to, step.length);
        relax(step.to, step.from, step.length);
      }
    }
    std::vector<std::pair<StreetLength, std::uint32_t>> result;
    for (std::size_t i = 0; i < people_.size(); ++i) {
      auto found = best[first_person_ + i];
      if (found.first != kNone) found.first += street_length(people_[i].away_m);
      result.push_back(found);
    }
    return result;
  }

 private:
  struct Step {
    std::size_t from, to;
    StreetLength length;
  };
  std::vector<StreetEntrance> entrances_;
  std::vector<StreetPosition> people_;
  std::vector<Step> steps_;
  std::size_t places_ = 0, first_entrance_ = 0, first_person_ = 0;
};

}  // namespace urbiome::reference
