// A file that was put into the program when it was built: legends, the sample city, the report's template.
#pragma once

#include <span>
#include <string_view>

namespace urbiome {

struct EmbeddedFile {
  std::string_view path;     // relative to the folder it was taken from
  std::string_view content;  // its bytes
};

// The file of that path, or nullptr.
inline const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view path) {
  for (const EmbeddedFile& file : files) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace urbiome
