#include "urbiome/io/json.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "urbiome/base/error.h"
#include "urbiome/io/file_bytes.h"

namespace urbiome {

Json read_json(const std::string& path) {
  refuse_special_file(path, "JSON");
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorCode::unreadable, path + " cannot be read", "a JSON file", "check the path");
  }
  text << file.rdbuf();
  try {
    return Json::parse(text.str());
  } catch (const Json::parse_error& error) {  // its words name line and column
    std::string reason = error.what();
    if (const auto end = reason.find("] "); end != std::string::npos) reason.erase(0, end + 2);
    throw Error(ErrorCode::unreadable, path + ": " + reason, "JSON");
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::unreadable, path + ": " + error.what(), "JSON");
  }
}

void write_json(const std::string& path, const Json& json) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  // Text of doubtful encoding becomes U+FFFD rather than a failure at the end of a long run.
  file << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  file.close();
  if (!file) throw Error(ErrorCode::unwritable, path + " cannot be written", {}, "check permissions and free space");
}

}  // namespace urbiome
