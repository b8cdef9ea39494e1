#include "urbiome/kernel/pair_tally.h"

#include <algorithm>
#include <cstring>

#include "urbiome/kernel/equal_bytes.h"

namespace urbiome {
namespace {

constexpr std::uint16_t kNone = 0xffff;
constexpr std::size_t kPairs = std::size_t{kMaxClasses} * kMaxClasses;

// With very many regions fewer pairs at a time, so that their sums stay small.
std::size_t most_pairs(std::size_t regions) {
  constexpr std::size_t kBytes = std::size_t{8} << 20;
  return std::clamp<std::size_t>(kBytes / (2 * sizeof(Int128) * std::max<std::size_t>(regions, 1)), 16, kMaxClasses);
}

}  // namespace

PairTally::PairTally(std::size_t regions)
    : regions_(regions), most_(most_pairs(regions)), number_of_(kPairs, kNone), tally_(regions, most_) {}

// False when a pair finds no number; those before it have theirs.
bool PairTally::number(std::span<const ClassIndex> from, std::span<const ClassIndex> to, std::span<ClassIndex> pairs) {
  const auto one = [&](std::size_t i) -> bool {
    const std::size_t pair = std::size_t{from[i]} * kMaxClasses + to[i];
    if (number_of_[pair] == kNone) {
      if (numbered_.size() == most_) return false;
      number_of_[pair] = static_cast<std::uint16_t>(numbered_.size());
      numbered_.push_back(static_cast<std::uint32_t>(pair));
    }
    pairs[i] = static_cast<ClassIndex>(number_of_[pair]);
    return true;
  };
  std::size_t i = 0;
  for (; i + 8 <= from.size(); i += 8) {
    const std::uint64_t a = load_eight(from.data() + i), b = load_eight(to.data() + i);
    if (!one(i)) return false;
    if (a == kEveryByte * from[i] && b == kEveryByte * to[i]) {
      std::memset(pairs.data() + i, pairs[i], 8);
      continue;
    }
    for (std::size_t k = 1; k < 8; ++k) {
      if (!one(i + k)) return false;
    }
  }
  for (; i < from.size(); ++i) {
    if (!one(i)) return false;
  }
  return true;
}

void PairTally::consume(const Window& window, std::span<const ClassIndex> from, std::span<const ClassIndex> to,
                        std::span<const Coverage> regions, const CellAreas& areas) {
  if (window.empty()) return;
  pairs_.resize(std::max(pairs_.size(), from.size()));
  const std::span<ClassIndex> pairs(pairs_.data(), from.size());
  if (number(from, to, pairs)) return tally_.consume(window, pairs, regions, areas);
  settle();
  if (number(from, to, pairs)) return tally_.consume(window, pairs, regions, areas);
  settle();
  if (window.rows > 1) {
    const std::int64_t upper = window.rows / 2;
    const auto cut = static_cast<std::size_t>(upper * window.cols);
    consume({window.row, window.col, upper, window.cols}, from.first(cut), to.first(cut), regions, areas);
    consume({window.row + upper, window.col, window.rows - upper, window.cols}, from.subspan(cut), to.subspan(cut),
            regions, areas);
  } else {
    const auto cut = from.size() / 2;
    const auto left = static_cast<std::int64_t>(cut);
    consume({window.row, window.col, 1, left}, from.first(cut), to.first(cut), regions, areas);
    consume({window.row, window.col + left, 1, window.cols - left}, from.subspan(cut), to.subspan(cut), regions, areas);
  }
}

// Books what was tallied by number and gives all numbers back.
void PairTally::settle() {
  for (std::size_t k = 0; k < numbered_.size(); ++k) {
    number_of_[numbered_[k]] = kNone;
    for (std::size_t region = 0; region < regions_; ++region) {
      const Int128 share = tally_.share(region, k);
      if (share == 0) continue;
      std::vector<Sum>& sums = sums_[numbered_[k]];
      sums.resize(regions_);
      sums[region].area += tally_.area(region, k);
      sums[region].share += share;
    }
  }
  numbered_.clear();
  tally_ = ClassTally(regions_, most_);
}

const std::map<std::uint32_t, std::vector<PairTally::Sum>>& PairTally::sums() {
  settle();
  return sums_;
}

void PairTally::merge(PairTally& other) {
  for (const auto& [pair, sums] : other.sums()) {
    std::vector<Sum>& mine = sums_[pair];
    mine.resize(regions_);
    for (std::size_t region = 0; region < regions_; ++region) {
      mine[region].area += sums[region].area;
      mine[region].share += sums[region].share;
    }
  }
}

}  // namespace urbiome
