#include "urbiome/run/sample_city.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sample_files.h"
#include "urbiome/base/error.h"
#include "urbiome/io/output_folder.h"

namespace urbiome {

namespace {

namespace fs = std::filesystem;

void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out)
    throw Error(ErrorCode::unwritable, "cannot write " + path, "a folder with room and permission to write",
                "give another folder");
}

// Only a folder that already holds the sample's data is written over: anyone may have a city.toml.
bool holds_sample_data(const fs::path& folder) {
  const auto& files = sample_files();
  return std::any_of(files.begin(), files.end(), [&](const EmbeddedFile& file) {
    std::error_code error;
    const fs::path name(file.path);
    return (name.extension() == ".tif" || name.extension() == ".gpkg") && fs::is_regular_file(folder / name, error);
  });
}

}  // namespace

std::string write_sample_city(const std::string& folder, bool overwrite) {
  std::error_code error;
  if (overwrite && fs::is_directory(folder, error) && !fs::is_empty(folder, error)) {
    if (!holds_sample_data(folder)) {
      throw Error(ErrorCode::usage, folder + " is not a folder of the sample city", "such a folder to overwrite",
                  "give another name");
    }
    std::vector<std::unique_ptr<OutputFile>> written;
    std::vector<OutputFile*> made;
    for (const EmbeddedFile& file : sample_files()) {
      const fs::path path = fs::path(folder) / file.path;
      fs::create_directories(path.parent_path(), error);
      made.push_back(written.emplace_back(std::make_unique<OutputFile>(path.string(), true)).get());
      write_bytes(made.back()->staging(), file.content);
    }
    OutputFile::commit_all(made);
  } else {
    OutputFolder out(folder, false);
    for (const EmbeddedFile& file : sample_files()) write_bytes(out.path(std::string(file.path)), file.content);
    out.commit();
  }
  return (fs::path(folder) / "city.toml").string();
}

}  // namespace urbiome
