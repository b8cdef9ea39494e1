#include "urbiome/kernel/window_steps.h"

#include <algorithm>
#include <cstring>

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/window_steps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::window_steps::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void running_byte_sums(const std::uint8_t* cells, std::size_t count, std::uint8_t* before) {
  std::size_t i = 0;
  std::uint8_t sum = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::Full128<std::uint8_t> d;
  const auto last = hn::Set(d, 15);
  auto carry = hn::Zero(d);
  for (; i + 16 <= count; i += 16) {
    auto sums = hn::LoadU(d, cells + i);
    sums = hn::Add(sums, hn::ShiftLeftBytes<1>(d, sums));
    sums = hn::Add(sums, hn::ShiftLeftBytes<2>(d, sums));
    sums = hn::Add(sums, hn::ShiftLeftBytes<4>(d, sums));
    sums = hn::Add(sums, hn::ShiftLeftBytes<8>(d, sums));
    sums = hn::Add(sums, carry);
    hn::StoreU(sums, d, before + i + 1);
    carry = hn::TableLookupBytes(sums, last);
  }
  sum = hn::GetLane(carry);
#endif
  before[0] = 0;
  for (; i < count; ++i) {
    sum = static_cast<std::uint8_t>(sum + cells[i]);
    before[i + 1] = sum;
  }
}

template <class T>
HWY_INLINE void differences(const T* upper, const T* lower, std::size_t count, T* out) {
  const hn::ScalableTag<T> d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d))
    hn::StoreU(hn::Sub(hn::LoadU(d, upper + i), hn::LoadU(d, lower + i)), d, out + i);
  for (; i < count; ++i) out[i] = static_cast<T>(upper[i] - lower[i]);
}

void byte_differences(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t count, std::uint8_t* out) {
  differences(upper, lower, count, out);
}

// Unsigned, so that running sums may have wrapped round.
void wide_differences(const std::uint64_t* upper, const std::uint64_t* lower, std::size_t count, std::uint64_t* out) {
  differences(upper, lower, count, out);
}

// Four registers at a time, so that a pointer is fetched once for all of them.
template <class D>
struct FourSums {
  hn::Vec<D> a, b, c, e;
};

template <class D>
HWY_INLINE FourSums<D> sum_of(D d, std::span<const std::uint8_t* const> add,
                              std::span<const std::uint8_t* const> subtract, std::size_t at) {
  const std::size_t step = hn::Lanes(d);
  const auto zero = hn::Zero(d);
  FourSums<D> sums{zero, zero, zero, zero};
  for (const std::uint8_t* const pointer : add) {
    const std::uint8_t* const p = pointer + at;
    sums.a = hn::Add(sums.a, hn::LoadU(d, p));
    sums.b = hn::Add(sums.b, hn::LoadU(d, p + step));
    sums.c = hn::Add(sums.c, hn::LoadU(d, p + 2 * step));
    sums.e = hn::Add(sums.e, hn::LoadU(d, p + 3 * step));
  }
  for (const std::uint8_t* const pointer : subtract) {
    const std::uint8_t* const p = pointer + at;
    sums.a = hn::Sub(sums.a, hn::LoadU(d, p));
    sums.b = hn::Sub(sums.b, hn::LoadU(d, p + step));
    sums.c = hn::Sub(sums.c, hn::LoadU(d, p + 2 * step));
    sums.e = hn::Sub(sums.e, hn::LoadU(d, p + 3 * step));
  }
  return sums;
}

template <class D>
HWY_INLINE void store_sums(D d, const FourSums<D>& sums, std::uint8_t* out) {
  const std::size_t step = hn::Lanes(d);
  hn::Store(sums.a, d, out);
  hn::Store(sums.b, d, out + step);
  hn::Store(sums.c, d, out + 2 * step);
  hn::Store(sums.e, d, out + 3 * step);
}

template <class Total>
HWY_INLINE void move_totals(const std::uint8_t* in, const std::uint8_t* out, std::size_t count, Total* totals) {
  const hn::ScalableTag<Total> wide;
  const hn::Rebind<std::uint8_t, decltype(wide)> narrow;
  for (std::size_t i = 0; i < count; i += hn::Lanes(wide)) {
    const auto more = hn::PromoteTo(wide, hn::LoadU(narrow, in + i));
    const auto less = hn::PromoteTo(wide, hn::LoadU(narrow, out + i));
    hn::StoreU(hn::Sub(hn::Add(hn::LoadU(wide, totals + i), more), less), wide, totals + i);
  }
}

template <class Total>
void change_mark_totals(const Change<std::uint8_t>& change, std::size_t count, Total* totals) {
  // One row comes, one goes: nothing to sum up.
  if (change.in_add.size() == 1 && change.out_add.size() == 1 && change.in_subtract.empty() &&
      change.out_subtract.empty())
    return move_totals(change.in_add[0], change.out_add[0], count, totals);
  const hn::CappedTag<std::uint8_t, kStep / 4> d;
  const std::size_t step = 4 * hn::Lanes(d);
  alignas(64) std::uint8_t in[kStep], out[kStep];
  for (std::size_t col = 0; col < count; col += step) {
    store_sums(d, sum_of(d, change.in_add, change.in_subtract, col), in);
    store_sums(d, sum_of(d, change.out_add, change.out_subtract, col), out);
    move_totals(in, out, step, totals + col);
  }
}

void change_small_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint16_t* totals) {
  change_mark_totals(change, count, totals);
}

void change_large_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint32_t* totals) {
  change_mark_totals(change, count, totals);
}

// Whole numbers of 64 bits wrap round, so sums are right whenever the window's own sum fits.
void change_value_totals(const Change<std::int64_t>& change, std::size_t count, std::int64_t* totals) {
  const hn::ScalableTag<std::int64_t> d;
  for (std::size_t col = 0; col < count; col += hn::Lanes(d)) {
    auto total = hn::LoadU(d, totals + col);
    for (const std::int64_t* const p : change.in_add) total = hn::Add(total, hn::LoadU(d, p + col));
    for (const std::int64_t* const p : change.in_subtract) total = hn::Sub(total, hn::LoadU(d, p + col));
    for (const std::int64_t* const p : change.out_add) total = hn::Sub(total, hn::LoadU(d, p + col));
    for (const std::int64_t* const p : change.out_subtract) total = hn::Add(total, hn::LoadU(d, p + col));
    hn::StoreU(total, d, totals + col);
  }
}

// Whole lines of the cache are written without being read first.
void stream_bytes(const std::uint8_t* from, std::size_t count, std::uint8_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t before = std::min(count, (lanes - reinterpret_cast<std::uintptr_t>(to) % lanes) % lanes);
  std::memcpy(to, from, before);
  std::size_t i = before;
  for (; i + lanes <= count; i += lanes) hn::Stream(hn::LoadU(d, from + i), d, to + i);
  std::memcpy(to + i, from + i, count - i);
}

}  // namespace urbiome::window_steps::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::window_steps {

HWY_EXPORT(running_byte_sums);
HWY_EXPORT(byte_differences);
HWY_EXPORT(wide_differences);
HWY_EXPORT(stream_bytes);
HWY_EXPORT(change_small_totals);
HWY_EXPORT(change_large_totals);
HWY_EXPORT(change_value_totals);

void running_sums(const std::uint8_t* cells, std::size_t count, std::uint8_t* before) {
  HWY_DYNAMIC_DISPATCH(running_byte_sums)(cells, count, before);
}

void running_sums(const std::int64_t* cells, std::size_t count, std::int64_t* before) {
  std::uint64_t sum = 0;  // wraps round where the sum of a whole row is too large; differences stay right
  before[0] = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += static_cast<std::uint64_t>(cells[i]);
    before[i + 1] = static_cast<std::int64_t>(sum);
  }
}

void windows_of_row(const std::uint8_t* before, std::int64_t side, std::size_t count, std::uint8_t* sums) {
  HWY_DYNAMIC_DISPATCH(byte_differences)(before + side + 1, before - side, count, sums);
}

void windows_of_row(const std::int64_t* before, std::int64_t side, std::size_t count, std::int64_t* sums) {
  const auto* const unsigned_before = reinterpret_cast<const std::uint64_t*>(before);
  HWY_DYNAMIC_DISPATCH(wide_differences)
  (unsigned_before + side + 1, unsigned_before - side, count, reinterpret_cast<std::uint64_t*>(sums));
}

void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint16_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_small_totals)(change, count, totals);
}

void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint32_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_large_totals)(change, count, totals);
}

void change_totals(const Change<std::int64_t>& change, std::size_t count, std::int64_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_value_totals)(change, count, totals);
}

namespace {

template <class T>
void copy_bytes(const T* from, std::size_t count, T* to) {
  HWY_DYNAMIC_DISPATCH(stream_bytes)
  (reinterpret_cast<const std::uint8_t*>(from), count * sizeof(T), reinterpret_cast<std::uint8_t*>(to));
}

}  // namespace

void copy_past_caches(const std::uint16_t* from, std::size_t count, std::uint16_t* to) { copy_bytes(from, count, to); }

void copy_past_caches(const std::uint32_t* from, std::size_t count, std::uint32_t* to) { copy_bytes(from, count, to); }

void copy_past_caches(const std::int64_t* from, std::size_t count, std::int64_t* to) { copy_bytes(from, count, to); }

void finish_copies() { hwy::FlushStream(); }

}  // namespace urbiome::window_steps
#endif
