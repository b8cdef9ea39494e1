// From counts in windows to what is told of them. NaN where nothing is known in the window.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace urbiome {

// out[i] = members[i] / known[i], each a whole number of cells.
void shares(std::span<const std::uint16_t> members, std::span<const std::uint16_t> known, std::span<double> out);
void shares(std::span<const std::uint16_t> members, std::span<const std::uint16_t> known, std::span<float> out);
void shares(std::span<const std::uint32_t> members, std::span<const std::uint32_t> known, std::span<double> out);

// Shannon's diversity with natural logarithms, -sum p ln p over the classes known in a window, from counts that are
// given class by class. Summed in the order of the classes; 0 exactly for a window of one class.
class Diversity {
 public:
  // `cells`: how many windows; `most`: cells in the largest.
  Diversity(std::size_t cells, std::int64_t most);
  void add(std::size_t first, std::span<const std::uint32_t> counts);  // of one class, for windows from `first` on
  void finish(std::span<double> out) const;

 private:
  double times_log(std::uint32_t count) const;

  std::vector<double> table_;  // n ln n for small n
  std::vector<double> sums_;   // of n ln n
  std::vector<std::uint32_t> known_;
};

// The class with most cells in the window; of equals the one that was added first.
class Majority {
 public:
  explicit Majority(std::size_t cells) : most_(cells, 0), codes_(cells, 0) {}
  void add(double code, std::size_t first, std::span<const std::uint32_t> counts);
  void finish(std::span<double> out) const;

 private:
  std::vector<std::uint32_t> most_;
  std::vector<double> codes_;
};

}  // namespace urbiome
