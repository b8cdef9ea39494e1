// A growing array whose new entries are left as they are: for buffers that are written before they are read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace urbiome {

template <class T>
class RawBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // Room for `size` entries; the first `kept` stay what they are.
  void reserve(std::size_t size, std::size_t kept) {
    if (size <= size_) return;
    const std::size_t grown = std::max(size, size_ + size_ / 2);
    std::unique_ptr<T[]> entries(new T[grown]);  // NOLINT: make_unique would clear it
    std::copy_n(entries_.get(), kept, entries.get());
    entries_ = std::move(entries);
    size_ = grown;
  }
  T* data() { return entries_.get(); }
  const T* data() const { return entries_.get(); }
  T& operator[](std::size_t i) { return entries_[i]; }
  const T& operator[](std::size_t i) const { return entries_[i]; }
  std::size_t bytes() const { return size_ * sizeof(T); }

 private:
  std::unique_ptr<T[]> entries_;
  std::size_t size_ = 0;
};

}  // namespace urbiome
