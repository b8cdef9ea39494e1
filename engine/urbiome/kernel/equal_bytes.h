// How far a stretch of equal bytes goes, eight bytes at a time: the inner step of runs and tallies.
//
//   std::size_t end = equal_until(row.data(), 10, row.size());   // row[10] .. row[end - 1] are equal
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace urbiome {

inline constexpr std::uint64_t kEveryByte = 0x0101010101010101ULL;

inline std::uint64_t load_eight(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The first index after `begin` whose byte differs from bytes[begin], or `size`. Needs begin < size.
inline std::size_t equal_until(const std::uint8_t* bytes, std::size_t begin, std::size_t size) {
  const std::uint64_t pattern = kEveryByte * bytes[begin];
  std::size_t at = begin;
  for (; at + 8 <= size; at += 8) {
    const std::uint64_t differing = load_eight(bytes + at) ^ pattern;
    if (differing == 0) continue;
    const bool little = std::endian::native == std::endian::little;
    const int bits = little ? std::countr_zero(differing) : std::countl_zero(differing);
    return at + static_cast<std::size_t>(bits / 8);
  }
  while (at < size && bytes[at] == bytes[begin]) ++at;
  return at;
}

}  // namespace urbiome
