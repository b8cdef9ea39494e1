#include "urbiome/exec/scratch_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

[[noreturn]] void fail(const std::string& folder, std::string_view what, int reason) {
  throw Error(ErrorCode::unwritable, fmt::format("a scratch file in {} {}: {}", folder, what, std::strerror(reason)),
              "room for as much scratch as the plan says", "free space there, or name another folder with --scratch");
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder)
    : folder_(folder.empty() ? std::filesystem::temp_directory_path().string() : folder) {
  std::string path = folder_ + "/urbiome-XXXXXX";
  file_ = mkstemp(path.data());
  if (file_ < 0) fail(folder_, "cannot be made", errno);
  unlink(path.c_str());
}

ScratchFile::~ScratchFile() { close(file_); }

void ScratchFile::write(std::int64_t place, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), place);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(folder_, "cannot grow", written < 0 ? errno : ENOSPC);
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

}  // namespace urbiome
