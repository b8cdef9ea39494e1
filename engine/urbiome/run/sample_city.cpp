#include "urbiome/run/sample_city.h"

#include <filesystem>
#include <fstream>

#include "sample_files.h"
#include "urbiome/base/error.h"

namespace urbiome {

std::string write_sample_city(const std::string& folder, bool overwrite) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(folder, error) && !overwrite) {
    if (!fs::is_directory(folder, error) || !fs::is_empty(folder, error)) {
      throw Error(ErrorCode::usage, folder + " exists and is not an empty folder", "a new folder", "give another name, or --overwrite");
    }
  }
  for (const EmbeddedFile& file : sample_files()) {
    const fs::path path = fs::path(folder) / file.path;
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    out.close();
    if (!out) throw Error(ErrorCode::unwritable, "cannot write " + path.string(), "a folder with room and permission to write", "give another folder");
  }
  return (fs::path(folder) / "city.toml").string();
}

}  // namespace urbiome
