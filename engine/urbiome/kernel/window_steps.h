// The inner steps of window_sums.h, chosen for the processor at run time. For window_sums.cpp alone.
#pragma once

#include <cstdint>
#include <span>

namespace urbiome::window_steps {

// before[i] = sum of cells[0 .. i) modulo 2^8, for 0 <= i <= count.
void running_sums(const std::uint8_t* cells, std::size_t count, std::uint8_t* before);
void running_sums(const std::int64_t* cells, std::size_t count, std::int64_t* before);

// Adds to totals[i] what comes in and takes away what goes out at column i: differences of sums of `add` and `subtract`
// at i, each in 0..255 for bytes. Reads and writes whole steps of kStep columns.
inline constexpr std::size_t kStep = 256;
template <class Element>
struct Change {
  std::span<const Element*const> in_add, in_subtract, out_add, out_subtract;
};
void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint16_t* totals);
void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint32_t* totals);
void change_totals(const Change<std::int64_t>& change, std::size_t count, std::int64_t* totals);

}  // namespace urbiome::window_steps
