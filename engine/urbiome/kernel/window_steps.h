// The inner steps of window_sums.h, chosen for the processor at run time. For window_sums.cpp alone.
#pragma once

#include <cstdint>
#include <span>

namespace urbiome::window_steps {

// before[i] = sum of cells[0 .. i) modulo 2^8, for 0 <= i <= count.
void running_sums(const std::uint8_t* cells, std::size_t count, std::uint8_t* before);
void running_sums(const std::int64_t* cells, std::size_t count, std::int64_t* before);

// sums[i] = before[i + side + 1] - before[i - side], for 0 <= i < count: cells at most `side` columns away.
void windows_of_row(const std::uint8_t* before, std::int64_t side, std::size_t count, std::uint8_t* sums);
void windows_of_row(const std::int64_t* before, std::int64_t side, std::size_t count, std::int64_t* sums);

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

// Copies past the caches; others may read it after finish_copies() on the same thread.
void copy_past_caches(const std::uint16_t* from, std::size_t count, std::uint16_t* to);
void copy_past_caches(const std::uint32_t* from, std::size_t count, std::uint32_t* to);
void copy_past_caches(const std::int64_t* from, std::size_t count, std::int64_t* to);
void finish_copies();

}  // namespace urbiome::window_steps
