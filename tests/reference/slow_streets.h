// Ways along streets by brute force: every entrance and every person is a node of its own, and lengths are relaxed
// until nothing changes (Bellman-Ford).
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <tuple>
#include <vector>

#include "urbiome/graph/street_reach.h"

namespace urbiome::reference {

class SlowStreets {
 public:
  SlowStreets(const StreetGraph& graph, const std::vector<StreetEntrance>& entrances,
              const std::vector<StreetPosition>& people, StreetMeasure measure = StreetMeasure::length)
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
      for (std::size_t i = 1; i < stops.size(); ++i) {
        const auto [a, from] = stops[i - 1];
        const auto [b, to] = stops[i];
        steps_.push_back({from, to, graph.along(measure, edge, a, b), b - a});
        steps_.push_back({to, from, graph.along(measure, edge, b, a), b - a});
      }
    }
    places_ = first + entrances.size() + people.size();
    first_entrance_ = first;
    first_person_ = first + entrances.size();
  }

  static constexpr StreetLength kNone = std::numeric_limits<StreetLength>::max();
  struct Way {
    StreetLength length = kNone;
    std::uint32_t target = 0;
    StreetLength walked = 0;
    bool operator<(const Way& other) const {
      return std::tuple(length, target, walked) < std::tuple(other.length, other.target, other.walked);
    }
  };

  // The nearest target of every person; length kNone where there is no way.
  std::vector<Way> nearest() const {
    return nearest_of([](std::uint32_t) { return true; });
  }
  // How far a target is for every person.
  std::vector<Way> to(std::uint32_t target) const {
    return nearest_of([target](std::uint32_t other) { return other == target; });
  }

 private:
  template <class Counts>
  std::vector<Way> nearest_of(const Counts& counts) const {
    std::vector<Way> best(places_);
    for (std::size_t i = 0; i < entrances_.size(); ++i) {
      if (!counts(entrances_[i].target)) continue;
      const StreetLength away = street_length(entrances_[i].at.away_m);
      best[first_entrance_ + i] = {away, entrances_[i].target, away};
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Step& step : steps_) {
        const Way& next = best[step.to];
        if (next.length == kNone) continue;
        const Way way{next.length + step.length, next.target, next.walked + step.walked};
        if (way < best[step.from]) best[step.from] = way, changed = true;
      }
    }
    std::vector<Way> result;
    for (std::size_t i = 0; i < people_.size(); ++i) {
      Way found = best[first_person_ + i];
      const StreetLength away = street_length(people_[i].away_m);
      if (found.length != kNone) found.length += away, found.walked += away;
      result.push_back(found);
    }
    return result;
  }

  struct Step {
    std::size_t from, to;
    StreetLength length, walked;
  };
  std::vector<StreetEntrance> entrances_;
  std::vector<StreetPosition> people_;
  std::vector<Step> steps_;
  std::size_t places_ = 0, first_entrance_ = 0, first_person_ = 0;
};

// Towns of blocks with some streets missing, among them islands, with people and entrances anywhere.
class RandomTown {
 public:
  explicit RandomTown(std::mt19937& random, bool timed = false) : random_(random), side_(2 + up_to(6)) {
    std::vector<StreetLine> lines;
    const auto corner = [&](int x, int y) { return Point{100.0 * x, 100.0 * y}; };
    const auto place = [&](int x, int y) { return std::int64_t{1000} * y + x; };
    for (int y = 0; y < side_; ++y) {
      for (int x = 0; x < side_; ++x) {
        if (x + 1 < side_ && up_to(4) != 0)
          lines.push_back({{corner(x, y), corner(x + 1, y)}, {place(x, y), place(x + 1, y)}});
        if (y + 1 < side_ && up_to(4) != 0)
          lines.push_back({{corner(x, y), {100.0 * x + 30, 100.0 * y + 50}, corner(x, y + 1)},
                           {place(x, y), 1'000'000 + place(x, y), place(x, y + 1)}});
      }
    }
    graph = StreetGraph(lines, [](const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); });
    if (graph.edges() == 0) return;
    if (timed) set_random_times();
    for (int i = up_to(6); i >= 0; --i) gates.push_back({anywhere(), static_cast<std::uint32_t>(up_to(4))});
    for (int i = 0; i < 30; ++i) people.push_back(anywhere());
  }

  StreetGraph graph;
  std::vector<StreetEntrance> gates;
  std::vector<StreetPosition> people;

 private:
  int up_to(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  StreetPosition anywhere() { return *graph.nearest({up_to(100 * side_) - 20.0, up_to(100 * side_) - 20.0}, 1e9); }
  void set_random_times() {
    std::vector<StreetGraph::Times> times;
    for (std::uint32_t i = 0; i < graph.edges(); ++i) {
      const StreetLength length = graph.edge(i).length;
      times.push_back({length * (1 + up_to(4)) / 2, length * (1 + up_to(4)) / 2});
    }
    graph.set_times(std::move(times));
  }

  std::mt19937& random_;
  int side_;
};

}  // namespace urbiome::reference
