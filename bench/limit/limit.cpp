// What the machine and GDAL can do with a raster of bytes: the yardstick for tabulating it.
//
//   bench_limit FILE [--threads N] [--repeat K] [--only memcpy|read|decode|inflate|histogram]
//
// Prints JSON: for each step the seconds of every repetition and their median.
//   memcpy     as many bytes as the raster has cells, copied in memory, block by block
//   read       the file's bytes, as stored
//   decode     every block decoded into the thread's own buffer (GDALRasterBand::ReadBlock, past GDAL's cache)
//   inflate    the same by libdeflate itself, where blocks are plain deflate
//   histogram  decode, and the cells of every block counted by value
// One GDAL handle per thread; threads take rows of blocks in turn. Only blocks' cells inside the raster are counted.
#include <gdal_priv.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace {

using Counts = std::array<std::uint64_t, 256>;

struct Closer {
  void operator()(GDALDataset* dataset) const { GDALClose(GDALDataset::ToHandle(dataset)); }
};
using Dataset = std::unique_ptr<GDALDataset, Closer>;

struct Shape {
  int cols = 0, rows = 0, block_cols = 0, block_rows = 0;
  int blocks_across() const { return (cols + block_cols - 1) / block_cols; }
  int blocks_down() const { return (rows + block_rows - 1) / block_rows; }
};

Dataset open(const std::string& path) {
  Dataset dataset(GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY));
  if (!dataset) throw std::runtime_error(path + " cannot be opened");
  return dataset;
}

Shape shape_of(const std::string& path) {
  const Dataset dataset = open(path);
  Shape shape{dataset->GetRasterXSize(), dataset->GetRasterYSize()};
  GDALRasterBand& band = *dataset->GetRasterBand(1);
  if (band.GetRasterDataType() != GDT_Byte) throw std::runtime_error(path + " does not hold bytes");
  band.GetBlockSize(&shape.block_cols, &shape.block_rows);
  return shape;
}

bool deflated(const std::string& path) {
  const Dataset dataset = open(path);
  const char* compression = dataset->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE");
  return compression != nullptr && std::string_view(compression) == "DEFLATE" &&
         dataset->GetMetadataItem("PREDICTOR", "IMAGE_STRUCTURE") == nullptr;
}

// Calls work(thread) on `threads` threads at once; the first failure is thrown when all have ended.
void on_threads(int threads, const std::function<void(int)>& work) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        failures[static_cast<std::size_t>(i)] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : pool) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

void count(const std::uint8_t* cells, int size, std::array<std::array<std::uint32_t, 256>, 4>& lanes) {
  int at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, cells + at, sizeof word);
    for (std::size_t i = 0; i < 8; ++i) ++lanes[i & 3][(word >> (8 * i)) & 0xff];
  }
  for (; at < size; ++at) ++lanes[0][cells[at]];
}

void histogram_of_block(const std::vector<std::uint8_t>& block, const Shape& shape, int across, int down,
                        Counts& counts) {
  std::array<std::array<std::uint32_t, 256>, 4> lanes{};
  const int cols = std::min(shape.block_cols, shape.cols - across * shape.block_cols);
  const int rows = std::min(shape.block_rows, shape.rows - down * shape.block_rows);
  for (int row = 0; row < rows; ++row)
    count(block.data() + static_cast<std::ptrdiff_t>(row) * shape.block_cols, cols, lanes);
  for (std::size_t value = 0; value < 256; ++value) {
    for (const auto& lane : lanes) counts[value] += lane[value];
  }
}

Counts decode(const std::string& path, const Shape& shape, int threads, bool with_histogram) {
  std::atomic<int> next{0};
  std::vector<Counts> counts(static_cast<std::size_t>(threads), Counts{});
  on_threads(threads, [&](int thread) {
    const Dataset dataset = open(path);
    GDALRasterBand& band = *dataset->GetRasterBand(1);
    std::vector<std::uint8_t> block(static_cast<std::size_t>(shape.block_cols) *
                                    static_cast<std::size_t>(shape.block_rows));
    for (int down = next++; down < shape.blocks_down(); down = next++) {
      for (int across = 0; across < shape.blocks_across(); ++across) {
        if (band.ReadBlock(across, down, block.data()) != CE_None)
          throw std::runtime_error(path + ": a block cannot be read");
        if (with_histogram) histogram_of_block(block, shape, across, down, counts[static_cast<std::size_t>(thread)]);
      }
    }
  });
  Counts sum{};
  for (const Counts& one : counts) {
    for (std::size_t value = 0; value < 256; ++value) sum[value] += one[value];
  }
  return sum;
}

// The file's bytes of a block, read into `bytes`.
void fetch(std::FILE* file, GDALRasterBand& band, int across, int down, std::vector<std::uint8_t>& bytes) {
  const auto item = [&](const char* name) {
    const char* text = band.GetMetadataItem(fmt::format("{}_{}_{}", name, across, down).c_str(), "TIFF");
    return text == nullptr ? 0L : std::stol(text);
  };
  bytes.resize(static_cast<std::size_t>(item("BLOCK_SIZE")));
  if (std::fseek(file, item("BLOCK_OFFSET"), SEEK_SET) != 0 ||
      std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size())
    throw std::runtime_error("a block cannot be read");
}

void inflate(const std::string& path, const Shape& shape, int threads) {
  std::atomic<int> next{0};
  on_threads(threads, [&](int) {
    const Dataset dataset = open(path);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> inflater(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    std::vector<std::uint8_t> bytes,
        block(static_cast<std::size_t>(shape.block_cols) * static_cast<std::size_t>(shape.block_rows));
    for (int down = next++; down < shape.blocks_down(); down = next++) {
      for (int across = 0; across < shape.blocks_across(); ++across) {
        fetch(file.get(), *dataset->GetRasterBand(1), across, down, bytes);
        std::size_t found = 0;
        if (libdeflate_zlib_decompress(inflater.get(), bytes.data(), bytes.size(), block.data(), block.size(),
                                       &found) != LIBDEFLATE_SUCCESS)
          throw std::runtime_error(path + ": a block is not plain deflate");
      }
    }
  });
}

void copy(const Shape& shape, int threads) {
  std::atomic<int> next{0};
  const auto size = static_cast<std::size_t>(shape.block_cols) * static_cast<std::size_t>(shape.block_rows);
  const int blocks = shape.blocks_across() * shape.blocks_down();
  on_threads(threads, [&](int) {
    // Sixteen blocks take turns, so that the copy does not stay in the nearest cache.
    std::vector<std::uint8_t> from(16 * size, 1), to(16 * size);
    for (int block = next++; block < blocks; block = next++) {
      const std::size_t place = static_cast<std::size_t>(block % 16) * size;
      std::memcpy(to.data() + place, from.data() + place, size);
      asm volatile("" : : "r"(to.data()) : "memory");  // the copy must happen
    }
  });
}

void read(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw std::runtime_error(path + " cannot be opened");
  std::vector<char> buffer(1 << 20);
  while (std::fread(buffer.data(), 1, buffer.size(), file.get()) == buffer.size()) {
  }
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Options {
  std::string path, only;
  int threads = 1, repeat = 3;
};

Options options_of(int count, char** words) {
  Options o;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool more = i + 1 < count;
    if (word == "--threads" && more)
      o.threads = std::stoi(words[++i]);
    else if (word == "--repeat" && more)
      o.repeat = std::stoi(words[++i]);
    else if (word == "--only" && more)
      o.only = words[++i];
    else if (o.path.empty() && word[0] != '-')
      o.path = word;
    else
      throw std::runtime_error("usage: bench_limit FILE [--threads N] [--repeat K] [--only STEP]");
  }
  if (o.path.empty() || o.threads < 1 || o.repeat < 1)
    throw std::runtime_error("usage: bench_limit FILE [--threads N] [--repeat K] [--only STEP]");
  return o;
}

void report(const Options& o) {
  const Shape shape = shape_of(o.path);
  Counts counts{};
  const std::vector<std::pair<std::string, std::function<void()>>> steps = {
      {"memcpy", [&] { copy(shape, o.threads); }},
      {"read", [&] { read(o.path); }},
      {"decode", [&] { decode(o.path, shape, o.threads, false); }},
      {"inflate", [&] { inflate(o.path, shape, o.threads); }},
      {"histogram", [&] { counts = decode(o.path, shape, o.threads, true); }}};
  std::string text =
      fmt::format("{{\"cells\": {}, \"threads\": {}", static_cast<std::int64_t>(shape.cols) * shape.rows, o.threads);
  for (const auto& [name, work] : steps) {
    if (!o.only.empty() && name != o.only) continue;
    if (o.only.empty() && name == "inflate" && !deflated(o.path)) continue;
    std::vector<double> seconds;
    for (int i = 0; i < o.repeat; ++i) seconds.push_back(seconds_of(work));
    text += fmt::format(",\n \"{}\": {{\"seconds\": [{:.3f}]", name, fmt::join(seconds, ", "));
    std::sort(seconds.begin(), seconds.end());
    text += fmt::format(", \"median\": {:.3f}}}", seconds[seconds.size() / 2]);
  }
  std::string values;
  for (std::size_t value = 0; value < counts.size(); ++value) {
    if (counts[value] > 0) values += fmt::format("{}\"{}\": {}", values.empty() ? "" : ", ", value, counts[value]);
  }
  fmt::print("{},\n \"counts\": {{{}}}}}\n", text, values);
}

}  // namespace

int main(int count, char** words) {
  try {
    GDALAllRegister();
    report(options_of(count, words));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_limit: {}\n", error.what());
    return 1;
  }
}
