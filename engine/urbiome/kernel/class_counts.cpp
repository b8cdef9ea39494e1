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
    const auto linear = hn::Set(d, s.linear), square = hn::Set(d, s.square), cube = hn::Set(d, s.cube);
    const auto line_step = hn::Set(d, s.first * lanes);
    auto x = hn::Iota(d, m);
    auto line = hn::Add(hn::Set(d, s.before), x * hn::Set(d, s.first));
    // The last vector of a segment writes beyond it; the next segment overwrites that.
    for (std::int64_t i = at; i < until; i += lanes, x = hn::Add(x, hn::Set(d, lanes))) {
      const auto bend = x * hn::Add(linear, x * hn::Add(square, x * cube));
      hn::StoreU(hn::Add(line, hn::ShiftRight<20>(bend)), d, out + i);
      line = hn::Add(line, line_step);
    }
    at = until;
  }
}

// What the cells of a chunk of columns have more than its first one, vector by vector of columns: first those at even
// places, then those at odd ones. Areas in the first row (low + 2^16 * high), and what each further row adds to them.
struct ChunkWeights {
  HWY_ALIGN std::int16_t low[kChunkCols], high[kChunkCols], slope[kChunkCols];
  std::int64_t first = 0, first_slope = 0;
};

// Differences of neighbours in running areas, less `first`, for one vector of bytes in four of 32 bits. What does not
// fit 2^bits, sign included, leaves its mark in `beyond`.
template <class V32, class V64>
HWY_INLINE void cells_more(const std::int64_t* running_area, std::int64_t first, int bits, V32* more, V64& beyond) {
  const hn::ScalableTag<std::int64_t> d;
  const hn::Repartition<std::int32_t, decltype(d)> d32;
  const auto base = hn::Set(d, first), half = hn::Set(d, std::int64_t{1} << (bits - 1));
  const auto one = [&](std::size_t i) {
    const auto at = running_area + i * hn::Lanes(d);
    const auto difference = hn::Sub(hn::Sub(hn::LoadU(d, at + 1), hn::LoadU(d, at)), base);
    beyond = hn::Or(beyond, hn::Add(difference, half));
    return hn::BitCast(d32, difference);
  };
  for (std::size_t i = 0; i < 4; ++i) {
    const auto left = one(2 * i), right = one(2 * i + 1);
    more[i] = hn::ConcatEven(d32, right, left);
  }
}

// False when the cells of the chunk differ too much.
HWY_INLINE bool weigh(const std::int64_t* u, const std::int64_t* v, std::int64_t cols, ChunkWeights& weights) {
  const hn::ScalableTag<std::int16_t> d16;
  const hn::Repartition<std::int32_t, decltype(d16)> d32;
  const hn::Repartition<std::int64_t, decltype(d16)> d64;
  constexpr int kBits = 30, kSlopeBits = 16;
  weights.first = u[1] - u[0], weights.first_slope = v[1] - v[0];
  auto beyond = hn::Zero(d64), beyond_slope = beyond;
  const auto half = hn::Set(d32, 1 << 15);
  for (std::int64_t col = 0; col < cols; col += lanes_of_bytes()) {
    decltype(hn::Zero(d32)) more[4];
    const auto apart = [&](auto left, auto right, std::int16_t* out) {
      hn::Store(hn::ConcatEven(d16, right, left), d16, out + col);
      hn::Store(hn::ConcatOdd(d16, right, left), d16, out + col + hn::Lanes(d16));
    };
    const auto even = [&](auto left, auto right) {
      return hn::ConcatEven(d16, hn::BitCast(d16, right), hn::BitCast(d16, left));
    };
    const auto upper = [&](auto left, auto right) {
      return hn::ConcatOdd(d16, hn::BitCast(d16, hn::Add(right, half)), hn::BitCast(d16, hn::Add(left, half)));
    };
    cells_more(u + col, weights.first, kBits, more, beyond);
    apart(even(more[0], more[1]), even(more[2], more[3]), weights.low);
    apart(upper(more[0], more[1]), upper(more[2], more[3]), weights.high);
    cells_more(v + col, weights.first_slope, kSlopeBits, more, beyond_slope);
    apart(even(more[0], more[1]), even(more[2], more[3]), weights.slope);
  }
  const auto outside = hn::AndNot(hn::Set(d64, (std::int64_t{1} << kBits) - 1), beyond);
  const auto outside_slope = hn::AndNot(hn::Set(d64, (std::int64_t{1} << kSlopeBits) - 1), beyond_slope);
  return hn::AllTrue(d64, hn::Eq(hn::Or(outside, outside_slope), hn::Zero(d64)));
}

// Sums for one class in a chunk, lane by lane: of its cells n and the sums t of their rows, column by column; of
// n * low, n * high and t * slope. At most kMostRows rows of kChunkCols columns stay below 2^31 in each lane.
struct ChunkSums {
  HWY_ALIGN std::uint64_t cells[HWY_MAX_BYTES / 8], rows[HWY_MAX_BYTES / 8];
  HWY_ALIGN std::int32_t low[HWY_MAX_BYTES / 4], high[HWY_MAX_BYTES / 4], slope[HWY_MAX_BYTES / 4];
};
using ChunkTable = std::array<ChunkSums, FrequentClasses::kMost>;

template <class D, class V>
HWY_INLINE void add_to(D d, hn::TFromD<D>* sums, V more) {
  hn::Store(hn::Add(hn::Load(d, sums), more), d, sums);
}

// Sum of products of bytes and weights, two by two.
HWY_INLINE auto products(hn::Vec<Bytes> bytes, const std::int16_t* weights) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::Repartition<std::uint16_t, Bytes> pairs;
  const hn::Repartition<std::int32_t, Bytes> d32;
  const auto both = hn::BitCast(pairs, bytes);
  const auto even = hn::BitCast(d, hn::And(both, hn::Set(pairs, 255))), odd = hn::BitCast(d, hn::ShiftRight<8>(both));
  auto more = hn::Zero(d32);
  auto sum = hn::ReorderWidenMulAccumulate(d32, even, hn::Load(d, weights), hn::Zero(d32), more);
  sum = hn::ReorderWidenMulAccumulate(d32, odd, hn::Load(d, weights + hn::Lanes(d)), sum, more);
  return hn::Add(sum, more);
}

// One class in one vector of columns; `left` are the cells of each column that no class has taken yet. kRows: the
// number of rows where it is known beforehand, else 0.
template <std::int64_t kRows>
HWY_INLINE void sum_strip(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, ClassIndex class_index,
                          const ChunkWeights& weights, std::int64_t col, hn::Vec<Bytes>& left, ChunkSums& sums) {
  const Bytes d;
  const hn::Repartition<std::uint64_t, Bytes> d64;
  const hn::Repartition<std::int32_t, Bytes> d32;
  const auto wanted = hn::Set(d, class_index);
  auto n = hn::Zero(d), t = n;
  const auto take = [&](std::int64_t row) {
    n = hn::Sub(n, hn::VecFromMask(d, hn::Eq(hn::LoadU(d, cells + row * stride), wanted)));
  };
  for (std::int64_t row = (kRows > 0 ? kRows : rows) - 1; row > 0; --row) take(row), t = hn::Add(t, n);
  take(0);
  left = hn::Sub(left, n);
  add_to(d64, sums.cells, hn::SumsOf8(n));
  add_to(d64, sums.rows, hn::SumsOf8(t));
  add_to(d32, sums.low, products(n, weights.low + col));
  add_to(d32, sums.high, products(n, weights.high + col));
  add_to(d32, sums.slope, products(t, weights.slope + col));
}

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

// Whole vectors of columns.
template <std::int64_t kRows>
void add_strips(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, std::int64_t cols,
                const std::int64_t* u, const std::int64_t* v, const ChunkWeights& weights, FrequentClasses& frequent,
                ChunkTable& table, ClassAreaSums& sums) {
  const Bytes d;
  std::size_t cleared = 0;
  for (std::int64_t col = 0; col < cols; col += lanes_of_bytes()) {
    auto left = hn::Set(d, static_cast<std::uint8_t>(rows));
    const std::size_t known = frequent.count;
    for (std::size_t i = 0;; ++i) {
      if (i == known) meet_new(cells + col, stride, rows, u + col, v + col, frequent, sums);
      if (i == frequent.count) break;  // the list is full, and what it lacks was added one by one
      if (i == cleared) table[cleared++] = {};
      sum_strip<kRows>(cells + col, stride, rows, frequent.classes[i], weights, col, left, table[i]);
      if (hn::AllTrue(d, hn::Eq(left, hn::Zero(d)))) break;
    }
  }
  const hn::Repartition<std::uint64_t, Bytes> u64;
  const hn::Repartition<std::int64_t, Bytes> i64;
  const auto wide = [&](const std::int32_t* lanes) {
    const auto pairs = hn::BitCast(i64, hn::Load(hn::Repartition<std::int32_t, Bytes>(), lanes));
    return hn::Add(hn::ShiftRight<32>(hn::ShiftLeft<32>(pairs)), hn::ShiftRight<32>(pairs));
  };
  std::array<std::int64_t, FrequentClasses::kMost> found{};
  for (std::size_t i = 0; i < cleared; ++i) {
    const ChunkSums& s = table[i];
    const auto n = static_cast<std::int64_t>(hn::GetLane(hn::SumOfLanes(u64, hn::Load(u64, s.cells))));
    const auto t = static_cast<std::int64_t>(hn::GetLane(hn::SumOfLanes(u64, hn::Load(u64, s.rows))));
    const auto more = hn::Add(hn::ShiftLeft<16>(wide(s.high)), hn::Add(wide(s.low), wide(s.slope)));
    found[i] = n;
    sums.cells[frequent.classes[i]] += n;
    sums.area[frequent.classes[i]] +=
        n * weights.first + t * weights.first_slope + hn::GetLane(hn::SumOfLanes(i64, more));
  }
  for (std::size_t i = 1; i < cleared; ++i) {
    if (found[i] > found[i - 1]) frequent.rise(i);
  }
}

// Whole vectors of columns: halves where cells differ too much, until a vector is left.
void add_chunk(const ClassIndex* cells, std::int64_t stride, std::int64_t rows, std::int64_t cols,
               const std::int64_t* u, const std::int64_t* v, FrequentClasses& frequent, ClassAreaSums& sums) {
  if (cols == 0) return;
  ChunkWeights weights;
  ChunkTable table;
  if (weigh(u, v, cols, weights)) {
    // Bands of 10 m cells have eight rows.
    if (rows == 8) return add_strips<8>(cells, stride, rows, cols, u, v, weights, frequent, table, sums);
    return add_strips<0>(cells, stride, rows, cols, u, v, weights, frequent, table, sums);
  }
  if (cols == lanes_of_bytes()) return add_cells(cells, stride, rows, cols, u, v, sums);
  const std::int64_t half = cols / lanes_of_bytes() / 2 * lanes_of_bytes();
  add_chunk(cells, stride, rows, half, u, v, frequent, sums);
  add_chunk(cells + half, stride, rows, cols - half, u + half, v + half, frequent, sums);
}

// At most kChunkCols columns.
void add_band(const ClassIndex* cells, std::int64_t stride, const Window& window, const CellAreas& areas,
              FrequentClasses& frequent, ClassAreaSums& sums) {
  constexpr std::size_t kSpare = HWY_MAX_BYTES;
  std::array<std::int64_t, kChunkCols + 1 + kSpare> u, v;
  running(areas.segments_of(window.row), areas.segment_cols(), window.col, window.cols, u.data());
  if (areas.slopes_of(window.row).empty()) {
    std::fill_n(v.begin(), window.cols + 1, 0);
  } else {
    running(areas.slopes_of(window.row), areas.segment_cols(), window.col, window.cols, v.data());
    const std::int64_t down = window.row % areas.band_rows();
    for (std::int64_t i = 0; down > 0 && i <= window.cols; ++i)
      u[static_cast<std::size_t>(i)] += down * v[static_cast<std::size_t>(i)];
  }
  const std::int64_t rest = window.cols % lanes_of_bytes(), cols = window.cols - rest;
  add_chunk(cells, stride, window.rows, cols, u.data(), v.data(), frequent, sums);
  add_cells(cells + cols, stride, window.rows, rest, u.data() + cols, v.data() + cols, sums);
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
