// Tables that may outgrow the memory budget: blocks of bytes in memory, and what does not fit in a scratch file.
//
//   BlockLog log(executor.memory().limit() / 16, executor.settings().scratch_folder);
//   Block block;
//   block.put(count);  block.put_all(std::span<const Patch>(patches));
//   log.append(block);                        // block 0
//   log.read(0, block);  block.take(count);   // any block again, from any thread; pop() reads and forgets the last one
//
// A scratch file has no name once it is open, so nothing is left behind however the process ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace urbiome {

// Values one after another, taken out in the order in which they were put in.
class Block {
 public:
  template <class T>
  void put(const T& value) {
    put_all(std::span<const T>(&value, 1));
  }
  template <class T>
  void put_all(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (values.empty()) return;
    const std::size_t before = bytes_.size();
    bytes_.resize(before + values.size_bytes());
    std::memcpy(bytes_.data() + before, values.data(), values.size_bytes());
  }
  template <class T>
  void put_all(const std::vector<T>& values) {
    put_all(std::span<const T>(values));
  }
  template <class T>
  void take(T& value) {
    std::memcpy(&value, bytes_.data() + taken_, sizeof(T));
    taken_ += sizeof(T);
  }
  template <class T>
  void take_all(std::vector<T>& values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data() + taken_, count * sizeof(T));
    taken_ += count * sizeof(T);
  }
  void clear() {
    bytes_.clear();
    taken_ = 0;
  }

 private:
  friend class BlockLog;
  std::vector<std::byte> bytes_;
  std::size_t taken_ = 0;
};

// A file without a name. Throws Error{unwritable} where the folder takes no file or the disk is full.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder);  // empty: the system's folder for temporary files
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(std::int64_t place, std::span<const std::byte> bytes);
  void read(std::int64_t place, std::span<std::byte> bytes) const;  // from any thread; what was written
  void shorten(std::int64_t size);

 private:
  std::string folder_;
  int file_ = -1;
};

// Appended from one thread at a time. Blocks that fit `memory_bytes` stay in memory; the file is made when one does
// not.
class BlockLog {
 public:
  BlockLog(std::int64_t memory_bytes, std::string scratch_folder);
  ~BlockLog();

  std::int64_t blocks() const { return static_cast<std::int64_t>(entries_.size()); }
  void append(const Block& block);
  void read(std::int64_t i, Block& block) const;
  void pop(Block& block);

  std::int64_t memory_bytes() const { return in_memory_; }
  std::int64_t scratch_bytes() const { return in_file_; }

 private:
  struct Entry {
    std::vector<std::byte> bytes;      // empty when it lies in the file
    std::int64_t place = 0, size = 0;  // in the file
  };
  std::int64_t most_in_memory_, in_memory_ = 0, in_file_ = 0;
  std::string folder_;
  std::vector<Entry> entries_;
  std::unique_ptr<ScratchFile> file_;
};

}  // namespace urbiome
