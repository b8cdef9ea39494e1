// Tiles of a grid that wait for a visit, the most urgent first: for work that spreads from tile to tile and comes back.
//
//   TileFront front(rows, cols);
//   front.offer(tile_of_a_source, 0);
//   front.run(executor, "least cost", most, [&](std::int64_t tile) { return what_its_neighbours_are_offered(tile); });
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

#include "urbiome/exec/executor.h"

namespace urbiome {

class TileFront {
 public:
  // By neighbour, 3 * (down + 1) + right + 1; infinite where there is nothing to do.
  using Offers = std::array<double, 9>;

  TileFront(std::int64_t rows, std::int64_t cols);

  // The tile (row * cols + col) waits, no later than `due`.
  void offer(std::int64_t tile, double due);

  // Visits tiles on the threads, the least due first, until none waits up to `most`; a tile may be visited many times.
  // None is visited while one of its eight neighbours is, so a visit may read them and write its own. The order varies
  // with the threads: results must not depend on it. Throws what a visit throws, and Error{cancelled}.
  void run(Executor& executor, std::string_view phase, double most, const std::function<Offers(std::int64_t)>& visit);

 private:
  struct Waiting {
    double due;
    std::int64_t tile;
    bool operator<(const Waiting& other) const { return due > other.due; }  // the least comes first
  };

  std::optional<std::int64_t> take(double most);
  void give_back(std::int64_t tile, const Offers& offers);
  template <class Call>
  void for_each_neighbour(std::int64_t tile, const Call& call) const;  // call(neighbour, its number)

  std::int64_t rows_, cols_, visited_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<double> due_;  // infinite where nothing waits
  std::vector<std::uint8_t> busy_, seen_;
  std::priority_queue<Waiting> queue_;  // with entries that due_ has left behind
  std::vector<Waiting> held_;           // beside a busy one
  bool failed_ = false;
};

}  // namespace urbiome
