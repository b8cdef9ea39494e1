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
  const auto differing = [&](std::size_t at) { return load_eight(bytes + at) ^ pattern; };
  const auto first_of = [](std::uint64_t word) {
    const bool little = std::endian::native == std::endian::little;
    return static_cast<std::size_t>((little ? std::countr_zero(word) : std::countl_zero(word)) / 8);
  };
  std::size_t at = begin;
  if (at + 8 <= size) {
    if (const std::uint64_t word = differing(at); word != 0) return at + first_of(word);
    // Past the first word a run is likely to be long: four words in one step.
    for (at += 8; at + 32 <= size; at += 32) {
      if ((differing(at) | differing(at + 8) | differing(at + 16) | differing(at + 24)) != 0) break;
    }
  }
  for (; at + 8 <= size; at += 8) {
    if (const std::uint64_t word = differing(at); word != 0) return at + first_of(word);
  }
  while (at < size && bytes[at] == bytes[begin]) ++at;
  return at;
}

}  // namespace urbiome
