// Where residents live, as numbered places: each cell and each point with somebody.
//
//   const PeoplePlaces places(landscape, populations, executor);
//   places.each_in_row(row, [&](std::uint32_t place, const Point& at) { ... });      // the cell's middle, or the point
//   places.each_part(band, [&](const PeoplePlaces::Part& part) { ... });             // who lives there
//
// Numbers go up along the rows, in each row cells before points, whatever the threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/people.h"

namespace urbiome {

class PeoplePlaces {
 public:
  // Keeps landscape and populations. Throws Error{memory}: more than 4.29 billion places.
  PeoplePlaces(const Landscape& landscape, std::span<const Population> populations, Executor& executor);

  std::size_t size() const { return size_; }

  std::int64_t rows() const { return static_cast<std::int64_t>(rows_.size()); }
  using Visit = std::function<void(std::uint32_t place, const Point& at)>;  // in the grid's CRS
  void each_in_row(std::int64_t row, const Visit& visit) const;

  // People of one population over places that follow each other.
  struct Part {
    std::size_t population;
    const std::vector<std::uint32_t>& zones;
    std::uint32_t first;
    std::int32_t count;
    std::int64_t amount;

    // Calls visit(place, people); together they are all of them, to the last unit.
    template <class VisitPeople>
    void each(const VisitPeople& visit) const {
      const PartsOfAmount until(amount, count);
      std::int64_t placed = 0;
      for (std::int32_t i = 0; i < count; ++i) {
        const std::int64_t now = until(i + 1);
        visit(first + static_cast<std::uint32_t>(i), now - placed);
        placed = now;
      }
    }
  };
  // Bands have their places to themselves. From several threads at once.
  std::int64_t bands() const { return (rows() + band_rows_ - 1) / band_rows_; }
  void each_part(std::int64_t band, const std::function<void(const Part&)>& visit) const;

 private:
  struct Row {
    std::uint32_t first = 0;
    std::vector<Run> runs;
    std::vector<std::uint32_t> before;  // cells in the runs before each, and all of them
    std::vector<Point> points;          // sorted
  };
  PeopleRows people_of(std::size_t population, std::int64_t band) const;
  void find(std::int64_t band);
  std::uint32_t place_of_cell(std::int64_t row, std::int32_t col) const;
  std::uint32_t place_of_point(std::int64_t row, const Point& point) const;

  const Landscape& landscape_;
  std::span<const Population> populations_;
  std::int64_t band_rows_ = 1;
  std::vector<Row> rows_;
  std::size_t size_ = 0;
};

}  // namespace urbiome
