#include "urbiome/kernel/window_steps.h"

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
void change_mark_totals(const Change<std::uint8_t>& change, std::size_t count, Total* totals) {
  const hn::CappedTag<std::uint8_t, kStep / 4> d;
  const hn::ScalableTag<Total> wide;
  const hn::Rebind<std::uint8_t, decltype(wide)> narrow;
  const std::size_t step = 4 * hn::Lanes(d);
  alignas(64) std::uint8_t in[kStep], out[kStep];
  for (std::size_t col = 0; col < count; col += step) {
    store_sums(d, sum_of(d, change.in_add, change.in_subtract, col), in);
    store_sums(d, sum_of(d, change.out_add, change.out_subtract, col), out);
    for (std::size_t i = 0; i < step; i += hn::Lanes(wide)) {
      const auto more = hn::PromoteTo(wide, hn::LoadU(narrow, in + i));
      const auto less = hn::PromoteTo(wide, hn::LoadU(narrow, out + i));
      Total* const total = totals + col + i;
      hn::StoreU(hn::Sub(hn::Add(hn::LoadU(wide, total), more), less), wide, total);
    }
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

}  // namespace urbiome::window_steps::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::window_steps {

HWY_EXPORT(running_byte_sums);
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

void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint16_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_small_totals)(change, count, totals);
}

void change_totals(const Change<std::uint8_t>& change, std::size_t count, std::uint32_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_large_totals)(change, count, totals);
}

void change_totals(const Change<std::int64_t>& change, std::size_t count, std::int64_t* totals) {
  HWY_DYNAMIC_DISPATCH(change_value_totals)(change, count, totals);
}

}  // namespace urbiome::window_steps
#endif
