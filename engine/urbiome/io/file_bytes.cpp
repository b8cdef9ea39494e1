#include "urbiome/io/file_bytes.h"

#include <cpl_vsi.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"

namespace urbiome {

FileWriter::FileWriter(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) fail(errno);
}

FileWriter::~FileWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

void FileWriter::fail(int reason) {
  throw Error(ErrorCode::unwritable, path_ + " cannot be written: " + std::strerror(reason), {},
              "check free space and permissions, or choose another output");
}

void FileWriter::write(std::string_view bytes) {
  stop_if_cancelled();
  if (bytes.empty()) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail(errno);
}

void FileWriter::close() {
  if (file_ == nullptr) return;
  const bool flushed = std::fflush(file_) == 0;
  const int flush_reason = errno;
  const bool closed = std::fclose(file_) == 0;
  const int close_reason = errno;
  file_ = nullptr;
  if (!flushed) fail(flush_reason);
  if (!closed) fail(close_reason);
}

bool is_special_file(const std::string& path) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  return !problem && std::filesystem::is_other(status);
}

void refuse_special_file(const std::string& path, const std::string& what) {
  if (!is_special_file(path)) return;
  throw Error(ErrorCode::unreadable, path + " is a pipe or a device", what + " in a plain file",
              "copy it to a file first");
}

FileReader::FileReader(const std::string& path) {
  refuse_special_file(path, "text");
  VSIStatBufL status;
  if (VSIStatL(path.c_str(), &status) != 0) {
    throw Error(ErrorCode::unreadable, path + " does not exist", "a readable file", "check the path");
  }
  if (VSI_ISDIR(status.st_mode)) throw Error(ErrorCode::unreadable, path + " is a folder", "a file", "check the path");
  size_ = static_cast<std::int64_t>(status.st_size);
  file_ = VSIFOpenL(path.c_str(), "rb");
  if (file_ == nullptr) {
    throw Error(ErrorCode::unreadable, path + " cannot be opened", "a readable file", "check its permissions");
  }
}

FileReader::~FileReader() {
  if (file_ != nullptr) VSIFCloseL(static_cast<VSILFILE*>(file_));
}

std::size_t FileReader::read(std::span<char> bytes) {
  stop_if_cancelled();
  return VSIFReadL(bytes.data(), 1, bytes.size(), static_cast<VSILFILE*>(file_));
}

std::string read_bytes(const std::string& path) {
  FileReader file(path);
  std::string bytes;
  std::string chunk(1 << 20, '\0');
  for (;;) {
    const std::size_t got = file.read(chunk);
    bytes.append(chunk, 0, got);
    if (got < chunk.size()) return bytes;
  }
}

}  // namespace urbiome
