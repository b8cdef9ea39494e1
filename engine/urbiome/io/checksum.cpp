// What a run writes down about its inputs: which files they are, and their checksums.
#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/output_folder.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

bool is_local_file(const std::string& path) {
  std::error_code problem;
  return fs::is_regular_file(path, problem);
}

// The local file behind a GDAL path: itself, or the archive of /vsizip/a.zip/b.tif; empty when it is not local.
std::string local_file(std::string path) {
  for (bool stripped = true; stripped;) {
    stripped = false;
    for (const std::string prefix : {"/vsizip/", "/vsitar/", "/vsigzip/", "/vsi7z/", "/vsirar/"}) {
      if (path.rfind(prefix, 0) != 0) continue;
      path.erase(0, prefix.size());
      if (!path.empty() && path.front() == '{') path.erase(0, 1);
      if (const std::size_t brace = path.find('}'); brace != std::string::npos) path.resize(brace);
      stripped = true;
    }
  }
  if (path.rfind("/vsi", 0) == 0) return {};
  while (!path.empty()) {
    if (is_local_file(path)) return path;
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos || slash == 0) return {};
    path.resize(slash);
  }
  return {};
}

void collect(const std::string& path, std::set<std::string>& seen, std::set<std::string>& files) {
  if (!seen.insert(path).second) return;
  if (const std::string file = local_file(path); !file.empty()) files.insert(file);
  const GdalDataset dataset = try_open_dataset(path, GDAL_OF_RASTER | GDAL_OF_VECTOR);
  if (!dataset) return;
  char** list = dataset->GetFileList();
  for (char** name = list; name != nullptr && *name != nullptr; ++name) {
    const std::string part = *name;
    const bool virtual_part = part.size() > 4 && EQUAL(part.c_str() + part.size() - 4, ".vrt");
    if (virtual_part) {
      collect(part, seen, files);  // a VRT of VRTs lists only its own sources
    } else if (const std::string file = local_file(part); !file.empty()) {
      files.insert(file);
    }
  }
  CSLDestroy(list);
}

}  // namespace

std::string sha256_of_file(const std::string& path) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::unreadable, path + " " + what, "a readable file", "check the path and its permissions");
  };
  if (!is_local_file(path)) fail("is not a file here");
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) fail("cannot be opened");
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::internal, "sha256 is not available");
  }
  std::string chunk(1 << 20, '\0');
  std::size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0) {
    stop_if_cancelled();
    EVP_DigestUpdate(digest.get(), chunk.data(), got);
  }
  if (std::ferror(file.get()) != 0) fail("cannot be read to its end");

  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest.get(), bytes.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[bytes[i] >> 4];
    hex += kDigits[bytes[i] & 15];
  }
  return hex;
}

std::vector<std::string> files_of_dataset(const std::string& path) {
  const GdalErrors quiet;
  std::set<std::string> seen, files;
  collect(path, seen, files);
  return {files.begin(), files.end()};
}

}  // namespace urbiome
