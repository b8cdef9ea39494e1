#include "urbiome/kernel/class_counts.h"

#include <algorithm>
#include <array>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/class_counts.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "urbiome/kernel/equal_bytes.h"

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Bytes = hn::ScalableTag<std::uint8_t>;

constexpr std::int64_t kChunkCols = 1024;

std::int64_t lanes_of_bytes() { return static_cast<std::int64_t>(hn::Lanes(Bytes())); }

void add_cells(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, std::int64_t cols,
               const std::int64_t* u, const std::int64_t* v, ClassAreaSums& sums) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < cols; ++i) {
      const ClassIndex c = cells[row * stride + i];
      sums.cells[c] += 1;
      sums.area[c] += u[i + 1] - u[i] + row * (v[i + 1] - v[i]);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR  // for processors without vectors of bytes

std::size_t count_frequent(const ClassIndex* cells, std::size_t size, const FrequentClasses& frequent,
                           std::uint32_t* counts, std::size_t* counted) {
  size = std::min<std::size_t>(size, 255);
  *counted = 0;
  for (std::size_t k = 0; k < FrequentClasses::kMost; ++k) {
    counts[k] = 0;
    if (k >= frequent.count) continue;
    for (std::size_t i = 0; i < size; ++i) counts[k] += cells[i] == frequent.classes[k];
    *counted += counts[k];
  }
  return size;
}

void add_band(const ClassIndex* cells, std::int64_t stride, const Window& window, const CellAreas& areas,
              FrequentClasses&, ClassAreaSums& sums) {
  for (std::int64_t row = 0; row < window.rows; ++row) {
    for (std::int64_t col = 0; col < window.cols; ++col) {
      const ClassIndex c = cells[row * stride + col];
      sums.cells[c] += 1;
      sums.area[c] += areas.cell(window.row + row, window.col + col);
    }
  }
}

#else

// Cells of each of four classes among `vectors` vectors, at most 255.
HWY_INLINE void count_four(const ClassIndex* cells, std::size_t vectors, const ClassIndex* classes,
                           std::uint32_t* counts) {
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d);
  const auto c0 = hn::Set(d, classes[0]), c1 = hn::Set(d, classes[1]);
  const auto c2 = hn::Set(d, classes[2]), c3 = hn::Set(d, classes[3]);
  auto n0 = hn::Zero(d), n1 = n0, n2 = n0, n3 = n0;
  for (std::size_t i = 0; i < vectors; ++i) {
    const auto v = hn::LoadU(d, cells + i * lanes);
    n0 = hn::Sub(n0, hn::VecFromMask(d, hn::Eq(v, c0)));
    n1 = hn::Sub(n1, hn::VecFromMask(d, hn::Eq(v, c1)));
    n2 = hn::Sub(n2, hn::VecFromMask(d, hn::Eq(v, c2)));
    n3 = hn::Sub(n3, hn::VecFromMask(d, hn::Eq(v, c3)));
  }
  const hn::Repartition<std::uint64_t, Bytes> d64;
  // Sums of eight bytes stay below 2^12, so two classes share a lane.
  const auto low = hn::SumOfLanes(d64, hn::Add(hn::SumsOf8(n0), hn::ShiftLeft<32>(hn::SumsOf8(n1))));
  const auto high = hn::SumOfLanes(d64, hn::Add(hn::SumsOf8(n2), hn::ShiftLeft<32>(hn::SumsOf8(n3))));
  const std::uint64_t a = hn::GetLane(low), b = hn::GetLane(high);
  counts[0] = static_cast<std::uint32_t>(a), counts[1] = static_cast<std::uint32_t>(a >> 32);
  counts[2] = static_cast<std::uint32_t>(b), counts[3] = static_cast<std::uint32_t>(b >> 32);
}

// Cells of each frequent class among the first cells (whole vectors, at most 255); how many cells those were.
std::size_t count_frequent(const ClassIndex* cells, std::size_t size, const FrequentClasses& frequent,
                           std::uint32_t* counts, std::size_t* counted) {
  const std::size_t lanes = hn::Lanes(Bytes());
  const std::size_t vectors = std::min<std::size_t>(size / lanes, 255);
  std::size_t found = 0;
  for (std::size_t i = 0; i < FrequentClasses::kMost; ++i) counts[i] = 0;
  for (std::size_t i = 0; i < frequent.count && found < vectors * lanes; i += 4) {
    // Places beyond the last class repeat the first one; what they count is dropped.
    ClassIndex four[4];
    std::uint32_t sums[4];
    for (std::size_t k = 0; k < 4; ++k) four[k] = frequent.classes[i + k < frequent.count ? i + k : 0];
    count_four(cells, vectors, four, sums);
    for (std::size_t k = 0; k < 4 && i + k < frequent.count; ++k) found += counts[i + k] = sums[k];
  }
  *counted = found;
  return vectors * lanes;
}

// Running areas of the columns col .. col + count of one row of segments.
HWY_INLINE void running(std::span<const CellAreas::Segment> segments, std::int64_t segment_cols, std::int64_t col,
                        std::int64_t count, std::int64_t* HWY_RESTRICT out) {
  const hn::ScalableTag<std::int64_t> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto last = static_cast<std::int64_t>(segments.size()) - 1;
  for (std::int64_t at = 0; at <= count;) {
    const std::int64_t index = std::min((col + at) / segment_cols, last);
    const CellAreas::Segment& s = segments[static_cast<std::size_t>(index)];
    const std::int64_t m = col + at - index * segment_cols;
    const std::int64_t until = index == last ? count + 1 : std::min(count + 1, at + segment_cols - m);
    const auto before = hn::Set(d, s.before), first = hn::Set(d, s.first), linear = hn::Set(d, s.linear);
    const auto square = hn::Set(d, s.square), cube = hn::Set(d, s.cube);
    auto x = hn::Iota(d, m);
    // The last vector of a segment writes beyond it; the next segment overwrites that.
    for (std::int64_t i = at; i < until; i += lanes, x = hn::Add(x, hn::Set(d, lanes))) {
      const auto bend = x * hn::Add(linear, x * hn::Add(square, x * cube));
      hn::StoreU(hn::Add(hn::Add(before, x * first), hn::ShiftRight<20>(bend)), d, out + i);
    }
    at = until;
  }
}

// Areas of the cells of one vector of columns: that of the first one, and what the others have more.
struct StripWeights {
  HWY_ALIGN std::int32_t more[HWY_MAX_BYTES];
  std::int64_t first = 0;
};

// False when a cell differs from the first by 2^bits units or more.
HWY_INLINE bool weigh(const std::int64_t* running_area, int bits, StripWeights& weights) {
  const hn::ScalableTag<std::int64_t> d;
  const hn::Repartition<std::int32_t, decltype(d)> d32;
  const std::size_t lanes = hn::Lanes(d);
  weights.first = running_area[1] - running_area[0];
  const auto first = hn::Set(d, weights.first), half = hn::Set(d, std::int64_t{1} << bits);
  auto beyond = hn::Zero(d);
  const auto more = [&](std::size_t i) {
    const auto cell = hn::Sub(hn::LoadU(d, running_area + i + 1), hn::LoadU(d, running_area + i));
    const auto difference = hn::Sub(cell, first);
    beyond = hn::Or(beyond, hn::Add(difference, half));
    return hn::BitCast(d32, difference);
  };
  for (std::size_t i = 0; i < hn::Lanes(Bytes()); i += 2 * lanes) {
    const auto low = more(i), high = more(i + lanes);
    hn::Store(hn::ConcatEven(d32, high, low), d32, weights.more + i);
  }
  const auto outside = hn::AndNot(hn::Set(d, (std::int64_t{2} << bits) - 1), beyond);
  return hn::AllTrue(d, hn::Eq(outside, hn::Zero(d)));
}

// For one class in a vector of columns: its cells n and the sum t of their rows, column by column.
struct StripSums {
  std::int64_t cells, rows, more;  // sums of n, of t, and of n * U + t * V where U, V are more[]
};

HWY_INLINE StripSums sum_strip(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, ClassIndex class_index,
                               const StripWeights& u, const StripWeights& v, std::uint8_t* HWY_RESTRICT left) {
  const Bytes d;
  const auto wanted = hn::Set(d, class_index);
  auto n = hn::Zero(d), t = n;
  for (std::int64_t row = rows - 1; row > 0; --row) {
    n = hn::Sub(n, hn::VecFromMask(d, hn::Eq(hn::LoadU(d, cells + row * stride), wanted)));
    t = hn::Add(t, n);
  }
  n = hn::Sub(n, hn::VecFromMask(d, hn::Eq(hn::LoadU(d, cells), wanted)));
  hn::Store(hn::Sub(hn::Load(d, left), n), d, left);

  HWY_ALIGN std::uint8_t n_bytes[HWY_MAX_BYTES], t_bytes[HWY_MAX_BYTES];
  hn::Store(n, d, n_bytes);
  hn::Store(t, d, t_bytes);
  const hn::ScalableTag<std::int32_t> d32;
  const hn::Rebind<std::uint8_t, decltype(d32)> quarter;
  const std::size_t lanes = hn::Lanes(d32);
  auto more = hn::Zero(d32);
  for (std::size_t i = 0; i < 4 * lanes; i += lanes) {
    more = hn::Add(more, hn::Mul(hn::PromoteTo(d32, hn::Load(quarter, n_bytes + i)), hn::Load(d32, u.more + i)));
    more = hn::Add(more, hn::Mul(hn::PromoteTo(d32, hn::Load(quarter, t_bytes + i)), hn::Load(d32, v.more + i)));
  }
  const hn::Repartition<std::int64_t, Bytes> i64;
  const hn::Repartition<std::uint64_t, Bytes> u64;
  const auto pairs = hn::BitCast(i64, more);
  const auto wide = hn::Add(hn::ShiftRight<32>(hn::ShiftLeft<32>(pairs)), hn::ShiftRight<32>(pairs));
  const std::uint64_t both =
      hn::GetLane(hn::SumOfLanes(u64, hn::Add(hn::SumsOf8(n), hn::ShiftLeft<32>(hn::SumsOf8(t)))));
  return {static_cast<std::int64_t>(both & 0xffffffff), static_cast<std::int64_t>(both >> 32),
          hn::GetLane(hn::SumOfLanes(i64, wide))};
}

// Cells and areas by place in the list of frequent classes.
struct PlaceSums {
  std::int64_t cells[FrequentClasses::kMost] = {}, area[FrequentClasses::kMost] = {};
};

// The strip's cells of classes that are not on the list: they enter it, or are added one by one once it is full.
void meet_new(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, const std::int64_t* u,
              const std::int64_t* v, FrequentClasses& frequent, ClassAreaSums& sums) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < lanes_of_bytes(); ++i) {
      const ClassIndex c = cells[row * stride + i];
      if (frequent.listed[c] || frequent.add(c)) continue;
      sums.cells[c] += 1;
      sums.area[c] += u[i + 1] - u[i] + row * (v[i + 1] - v[i]);
    }
  }
}

// One vector of columns. False (and nothing added) when its cells differ too much for 32 bits.
bool add_strip(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, const std::int64_t* u,
               const std::int64_t* v, FrequentClasses& frequent, PlaceSums& places, ClassAreaSums& sums) {
  const Bytes d;
  StripWeights weights_u, weights_v;
  // Rows add up to 16 a column, row numbers to 120, and a lane takes a quarter of them: below 2^31.
  if (!weigh(u, 24, weights_u) || !weigh(v, 20, weights_v)) return false;
  HWY_ALIGN std::uint8_t left[HWY_MAX_BYTES];
  hn::Store(hn::Set(d, static_cast<std::uint8_t>(rows)), d, left);
  const auto all_found = [&] { return hn::AllTrue(d, hn::Eq(hn::Load(d, left), hn::Zero(d))); };
  const std::size_t known = frequent.count;
  for (std::size_t i = 0;; ++i) {
    if (i == known) meet_new(cells, stride, rows, u, v, frequent, sums);
    if (i == frequent.count) return true;  // the list is full, and what it lacks was added one by one
    const StripSums s = sum_strip(cells, stride, rows, frequent.classes[i], weights_u, weights_v, left);
    places.cells[i] += s.cells;
    places.area[i] += s.cells * weights_u.first + s.rows * weights_v.first + s.more;
    if (all_found()) return true;
  }
}

// At most kChunkCols columns.
void add_band(const ClassIndex* cells, std::int64_t stride, const Window& window, const CellAreas& areas,
              FrequentClasses& frequent, ClassAreaSums& sums) {
  constexpr std::size_t kSpare = HWY_MAX_BYTES;
  std::array<std::int64_t, kChunkCols + 1 + kSpare> u, v;
  running(areas.segments_of(window.row), areas.segment_cols(), window.col, window.cols, u.data());
  if (areas.slopes_of(window.row).empty()) {
    v.fill(0);
  } else {
    running(areas.slopes_of(window.row), areas.segment_cols(), window.col, window.cols, v.data());
    const std::int64_t down = window.row % areas.band_rows();
    for (std::int64_t i = 0; down > 0 && i <= window.cols; ++i)
      u[static_cast<std::size_t>(i)] += down * v[static_cast<std::size_t>(i)];
  }
  PlaceSums places;
  const std::int64_t lanes = lanes_of_bytes();
  std::int64_t col = 0;
  for (; col + lanes <= window.cols; col += lanes) {
    if (!add_strip(cells + col, stride, window.rows, u.data() + col, v.data() + col, frequent, places, sums))
      add_cells(cells + col, stride, window.rows, lanes, u.data() + col, v.data() + col, sums);
  }
  add_cells(cells + col, stride, window.rows, window.cols - col, u.data() + col, v.data() + col, sums);
  for (std::size_t i = 0; i < frequent.count; ++i) {
    const ClassIndex c = frequent.classes[i];
    sums.cells[c] += places.cells[i];
    sums.area[c] += places.area[i];
  }
  for (std::size_t i = 1; i < frequent.count; ++i) {
    if (places.cells[i] > places.cells[i - 1]) frequent.rise(i);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome {

HWY_EXPORT(lanes_of_bytes);
HWY_EXPORT(count_frequent);
HWY_EXPORT(add_band);

bool FrequentClasses::add(ClassIndex class_index) {
  if (count == kMost) return false;
  listed[class_index] = true;
  classes[count++] = class_index;
  return true;
}

void FrequentClasses::rise(std::size_t i) { std::swap(classes[i], classes[i - 1]); }

void ClassCounts::add(ClassIndex class_index, std::uint32_t cells) {
  if (cells == 0) return;
  if (cells_[class_index] == 0) used_[used_count_++] = class_index;
  cells_[class_index] += cells;
}

// Adds whole vectors of the first cells; returns how many those were.
std::size_t ClassCounts::add_vectors(const ClassIndex* cells, std::size_t size) {
  std::array<std::uint32_t, FrequentClasses::kMost> counts;
  std::size_t found = 0;
  const std::size_t seen = HWY_DYNAMIC_DISPATCH(count_frequent)(cells, size, frequent_, counts.data(), &found);
  for (std::size_t i = 0; i < frequent_.count; ++i) add(frequent_.classes[i], counts[i]);
  for (std::size_t i = 1; i < frequent_.count; ++i) {
    if (counts[i] > counts[i - 1]) frequent_.rise(i);
  }
  // Classes met for the first time, and those that the list has no room for.
  for (std::size_t i = 0; i < seen && found < seen; ++i) {
    if (!frequent_.listed[cells[i]]) add(cells[i], 1), ++found;
  }
  for (std::size_t i = 0; i < used_count_ && frequent_.count < FrequentClasses::kMost; ++i) {
    if (!frequent_.listed[used_[i]]) frequent_.add(used_[i]);
  }
  return seen;
}

void ClassCounts::add(const ClassIndex* cells, std::size_t size) {
  constexpr std::size_t kShort = 256;  // below that a plain histogram is faster
  while (size >= kShort) {
    const std::size_t seen = add_vectors(cells, size);
    cells += seen;
    size -= seen;
  }
  add_short(cells, size);
}

// Four interleaved histograms, so that equal neighbours do not wait for each other's store.
void ClassCounts::add_short(const ClassIndex* cells, std::size_t size) {
  if (size == 0) return;
  short_used_ = true;
  const auto eight = [&](std::uint64_t word) {
    ++short_[0][word & 0xff];
    ++short_[1][(word >> 8) & 0xff];
    ++short_[2][(word >> 16) & 0xff];
    ++short_[3][(word >> 24) & 0xff];
    ++short_[0][(word >> 32) & 0xff];
    ++short_[1][(word >> 40) & 0xff];
    ++short_[2][(word >> 48) & 0xff];
    ++short_[3][word >> 56];
  };
  std::size_t at = 0;
  for (; at + 16 <= size; at += 16) {
    const std::uint64_t word = load_eight(cells + at), next = load_eight(cells + at + 8);
    // Sixteen equal cells are rare or common, and so well predicted; eight would be a coin toss in land cover.
    if (word == next && word == kEveryByte * (word & 0xff)) {
      short_[0][word & 0xff] += 16;
    } else {
      eight(word);
      eight(next);
    }
  }
  for (; at < size; ++at) ++short_[at & 3][cells[at]];
}

void ClassCounts::gather_short() {
  if (!short_used_) return;
  for (std::size_t c = 0; c < kMaxClasses; ++c) {
    const std::uint32_t sum = short_[0][c] + short_[1][c] + short_[2][c] + short_[3][c];
    add(static_cast<ClassIndex>(c), sum);
  }
  short_ = {};
  short_used_ = false;
}

std::int64_t BandTally::lanes() { return HWY_DYNAMIC_DISPATCH(lanes_of_bytes)(); }

void BandTally::add(const ClassIndex* cells, std::int64_t stride, const Window& window, const CellAreas& areas,
                    ClassAreaSums& sums) {
  constexpr std::int64_t kCols = 1024;
  for (std::int64_t col = 0; col < window.cols; col += kCols) {
    const Window part{window.row, window.col + col, window.rows, std::min(kCols, window.cols - col)};
    HWY_DYNAMIC_DISPATCH(add_band)(cells + col, stride, part, areas, frequent_, sums);
  }
}

}  // namespace urbiome
#endif
