// Sorts by whole numbers without comparing them, in one pass for every 11 bits in which keys differ.
//
//   radix_sort(ids, [](std::uint64_t id) { return id; });
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace urbiome {

// Ascending by key_of(item), an unsigned number; items of one key stay in their order. Needs as much room again.
template <class Item, class KeyOf>
void radix_sort(std::vector<Item>& items, const KeyOf& key_of) {
  constexpr int kBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kBits;
  if (items.empty()) return;
  const std::uint64_t first = key_of(items.front());
  std::uint64_t different = 0;
  for (const Item& item : items) different |= key_of(item) ^ first;
  std::vector<Item> sorted(items.size());
  for (int shift = 0; shift < 64; shift += kBits) {
    if ((different >> shift) % kDigits == 0) continue;
    const auto digit_of = [&](const Item& item) { return (std::uint64_t{key_of(item)} >> shift) % kDigits; };
    std::array<std::size_t, kDigits + 1> begin{};
    for (const Item& item : items) ++begin[digit_of(item) + 1];
    for (std::size_t i = 1; i < kDigits; ++i) begin[i] += begin[i - 1];
    for (const Item& item : items) sorted[begin[digit_of(item)]++] = item;
    items.swap(sorted);
  }
}

}  // namespace urbiome
