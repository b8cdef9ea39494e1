// Files as bytes: a writer that notices a full disk, and a reader of small whole files.
//
// A stream that is not checked at its end turns a full disk into a short file that looks complete. FileWriter checks
// every write and the close, and its Error names the path and the system's reason.
//
//   FileWriter file("out.csv");
//   file.write("a,b\n");
//   file.close();            // throws Error{unwritable} when a byte did not reach the file
#pragma once

#include <cstdio>
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

// All bytes of a local file or a /vsi path; Error{unreadable}.
std::string read_bytes(const std::string& path);

}  // namespace urbiome
