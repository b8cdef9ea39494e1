// A growing array whose new entries are left as they are: for buffers that are written before they are read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
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
    Entries entries = make(grown);
    std::copy_n(entries_.get(), kept, entries.get());
    entries_ = std::move(entries);
    size_ = grown;
  }
  void assign(const RawBuffer& other, std::size_t size) {  // the first entries of another, and no room for more
    entries_ = make(size);
    std::copy_n(other.data(), size, entries_.get());
    size_ = size;
  }
  T* data() { return entries_.get(); }
  const T* data() const { return entries_.get(); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  std::size_t bytes() const { return size_ * sizeof(T); }

 private:
  static constexpr std::align_val_t kAlignment{alignof(T)};
  struct Free {
    void operator()(T* entries) const { ::operator delete(entries, kAlignment); }
  };
  using Entries = std::unique_ptr<T, Free>;
  static Entries make(std::size_t size) {
    return Entries(static_cast<T*>(::operator new(size * sizeof(T), kAlignment)));
  }

  Entries entries_;
  std::size_t size_ = 0;
};

}  // namespace urbiome
