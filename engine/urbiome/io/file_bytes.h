// Files as bytes: a writer that notices a full disk, a reader of small whole files and one that goes piece by piece.
//
// A stream that is not checked at its end turns a full disk into a short file that looks complete. FileWriter checks
// every write and the close, and its Error names the path and the system's reason.
//
//   FileWriter file("out.csv");
//   file.write("a,b\n");
//   file.close();            // throws Error{unwritable} when a byte did not reach the file
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace urbiome {

class FileWriter {
 public:
  explicit FileWriter(const std::string& path);  // truncates; Error{unwritable}
  ~FileWriter();                                 // without close(): closes and says nothing
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view bytes);
  void close();

 private:
  [[noreturn]] void fail(int reason);

  std::string path_;
  std::FILE* file_;
};

// A pipe, a socket or a device: opening one may wait for ever.
bool is_special_file(const std::string& path);
// Error{unreadable} for such a file; `what` is what was expected there: "a recipe".
void refuse_special_file(const std::string& path, const std::string& what);

// A local file or a /vsi path from its beginning; Error{unreadable} unless it exists and is a plain file.
class FileReader {
 public:
  explicit FileReader(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  std::int64_t size() const { return size_; }  // as the file system says
  std::size_t read(std::span<char> bytes);     // fewer than asked for only at the end

 private:
  std::int64_t size_ = 0;
  void* file_ = nullptr;
};

// All bytes of a local file or a /vsi path; Error{unreadable}.
std::string read_bytes(const std::string& path);

}  // namespace urbiome
