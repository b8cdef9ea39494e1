// A file without a name: nothing is left of it however the process ends.
//
//   ScratchFile file(executor.settings().scratch_folder);
//   file.write(0, std::as_bytes(std::span(costs)));
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace urbiome {

// Throws Error{unwritable} where the folder takes no file or the disk is full. Any thread may read and write places
// that no other writes.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder);  // empty: the system's folder for temporary files
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(std::int64_t place, std::span<const std::byte> bytes);
  void read(std::int64_t place, std::span<std::byte> bytes) const;  // what was written

 private:
  std::string folder_;
  int file_ = -1;
};

}  // namespace urbiome
