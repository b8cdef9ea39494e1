#include "urbiome/exec/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

[[noreturn]] void fail(const std::string& folder, const std::string& what, int reason) {
  throw Error(ErrorCode::unwritable, fmt::format("a scratch file in {} {}: {}", folder, what, std::strerror(reason)),
              "room for as much scratch as the plan says", "free space there, or name another folder with --scratch");
}

int open_nameless(const std::string& folder) {
#ifdef O_TMPFILE
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
#endif
  // Not every file system knows files without a name: this one loses its name as soon as it is open.
  std::string path = folder + "/urbiome-scratch-XXXXXX";
  const int named = mkostemp(path.data(), O_CLOEXEC);
  if (named < 0) fail(folder, "cannot be made", errno);
  unlink(path.c_str());
  return named;
}

std::string folder_for_temporary_files() {
  std::error_code problem;
  const std::string folder = std::filesystem::temp_directory_path(problem).string();
  if (problem) fail("the system's folder for temporary files", "cannot be made", problem.value());
  return folder;
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder)
    : folder_(folder.empty() ? folder_for_temporary_files() : folder), file_(open_nameless(folder_)) {}

ScratchFile::~ScratchFile() { close(file_); }

void ScratchFile::write(std::int64_t place, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), place);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(folder_, fmt::format("ends at {} MiB", place >> 20), written < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    place += written;
  }
}

void ScratchFile::read(std::int64_t place, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = pread(file_, bytes.data(), bytes.size(), place);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail(folder_, "cannot be read back", got < 0 ? errno : EIO);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    place += got;
  }
}

void ScratchFile::shorten(std::int64_t size) {
  if (ftruncate(file_, size) != 0) fail(folder_, "cannot be shortened", errno);
}

BlockLog::BlockLog(std::int64_t memory_bytes, std::string scratch_folder)
    : most_in_memory_(memory_bytes), folder_(std::move(scratch_folder)) {}

BlockLog::~BlockLog() = default;

void BlockLog::append(const Block& block) {
  const auto size = static_cast<std::int64_t>(block.bytes_.size());
  Entry& entry = entries_.emplace_back();
  entry.size = size;
  if (in_memory_ + size <= most_in_memory_) {
    entry.bytes.assign(block.bytes_.begin(), block.bytes_.end());
    in_memory_ += size;
    return;
  }
  if (!file_) file_ = std::make_unique<ScratchFile>(folder_);
  entry.place = in_file_;
  file_->write(entry.place, block.bytes_);
  in_file_ += size;
}

void BlockLog::read(std::int64_t i, Block& block) const {
  const Entry& entry = entries_[static_cast<std::size_t>(i)];
  block.clear();
  if (!entry.bytes.empty() || entry.size == 0) {
    block.bytes_ = entry.bytes;
    return;
  }
  block.bytes_.resize(static_cast<std::size_t>(entry.size));
  file_->read(entry.place, block.bytes_);
}

void BlockLog::pop(Block& block) {
  read(blocks() - 1, block);
  const Entry& entry = entries_.back();
  if (entry.bytes.empty() && entry.size > 0) {
    in_file_ = entry.place;
    file_->shorten(in_file_);
  } else {
    in_memory_ -= entry.size;
  }
  entries_.pop_back();
}

}  // namespace urbiome
