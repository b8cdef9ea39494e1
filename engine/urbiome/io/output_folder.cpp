#include "urbiome/io/output_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& found, const std::string& expected = {},
                         const std::string& remedy = {}, ErrorCode code = ErrorCode::unwritable) {
  throw Error(code, path.string() + " " + found, expected, remedy);
}

// Absolute, without "." and "..", without a slash at its end, links followed.
fs::path resolved(const std::string& target) {
  if (target.empty()) throw Error(ErrorCode::usage, "the output has no name", "a path", "name the output");
  if (target.find('\0') != std::string::npos) refuse(target.c_str(), "holds a NUL character", {}, {}, ErrorCode::usage);
  std::error_code problem;
  fs::path path = fs::weakly_canonical(fs::absolute(target, problem), problem);
  if (problem) refuse(target, "cannot be reached: " + problem.message());
  path = path.lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  if (path.filename().empty())
    refuse(path, "is the root of the file system", "a name for the output", {}, ErrorCode::usage);
  return path;
}

void check_parent(const fs::path& target) {
  const fs::path parent = target.parent_path();
  std::error_code problem;
  if (!fs::is_directory(parent, problem)) {
    refuse(target, "cannot be made: " + parent.string() + " is not a folder", {}, "make that folder first");
  }
  if (::access(parent.c_str(), W_OK | X_OK) != 0) {
    refuse(target, "cannot be made in " + parent.string() + ": " + std::strerror(errno), {}, "choose another output");
  }
}

bool holds_working_directory(const fs::path& folder) {
  std::error_code problem;
  const fs::path here = fs::canonical(fs::current_path(problem), problem);
  if (problem) return false;
  const fs::path inside = here.lexically_relative(folder);
  return !inside.empty() && *inside.begin() != "..";
}

// Says whether `target` may become the output: a wrong call when work begins, and looked at again when it ends, for
// another run may have written it meanwhile.
void check_folder_target(const fs::path& target, bool overwrite, ErrorCode code) {
  std::error_code problem;
  const fs::file_status status = fs::symlink_status(target, problem);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status))
    refuse(target, "exists and is not a folder", "a new folder", "choose another output", code);
  if (holds_working_directory(target)) {
    refuse(target, "holds the working directory", "another folder, for the output replaces the whole folder",
           "name a folder inside it, or run from elsewhere", code);
  }
  const bool empty = fs::is_empty(target, problem);
  if (problem) refuse(target, "cannot be read: " + problem.message());
  if (empty) return;
  if (!overwrite)
    refuse(target, "exists and is not empty", "a new or empty folder", "give --overwrite or another output", code);
  if (!fs::exists(target / "run.json", problem) && !fs::exists(target / "compare.csv", problem)) {
    refuse(target, "holds neither run.json nor compare.csv, so it is not an output of urbiome",
           "such an output to overwrite", "choose another output, or delete the folder yourself", code);
  }
}

void check_file_target(const fs::path& target, bool overwrite, ErrorCode code) {
  std::error_code problem;
  const fs::file_status status = fs::symlink_status(target, problem);
  if (!fs::exists(status)) return;
  if (!fs::is_regular_file(status)) refuse(target, "is not a regular file", "a file to write", "name a file", code);
  if (!overwrite) refuse(target, "exists", "a new file", "give --overwrite or another output", code);
}

// A free name beside the target: never one that an earlier, killed run of the same process number left.
fs::path free_name_beside(const fs::path& target, const std::string& kind, const std::string& extension = {}) {
  const std::string stem = extension.empty() ? target.filename().string() : target.stem().string();
  const std::string base = "." + stem + "." + kind + "-" + std::to_string(::getpid());
  for (int n = 1;; ++n) {
    fs::path candidate = target.parent_path() / (base + (n == 1 ? "" : "-" + std::to_string(n)) + extension);
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(candidate, problem))) return candidate;
  }
}

// What this process has not put in place yet, for abandon_outputs(). Whoever puts one in place holds the mutex
// meanwhile.
struct Unfinished {
  std::mutex mutex;
  std::map<std::string, std::string> targets;  // by staging
  bool any_placed = false;

  void add(const std::string& staging, const fs::path& target) {
    const std::lock_guard lock(mutex);
    targets.emplace(staging, target.string());
  }
  void require_other(const fs::path& target) {
    const std::lock_guard lock(mutex);
    const auto same = [&](const auto& entry) { return entry.second == target.string(); };
    if (std::ranges::any_of(targets, same))
      refuse(target, "is named for two outputs", "two files", "name another", ErrorCode::usage);
  }
  void remove(const std::string& staging) {
    const std::lock_guard lock(mutex);
    targets.erase(staging);
  }
  void placed(const std::string& staging) {  // by whoever holds the mutex
    targets.erase(staging);
    any_placed = true;
  }
};

Unfinished& unfinished() {
  static Unfinished list;
  return list;
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
  fs::remove(path + ".aux.xml", ignored);
}

void rename_or_refuse(const fs::path& from, const fs::path& to, const fs::path& named) {
  std::error_code problem;
  fs::rename(from, to, problem);
  if (problem) refuse(named, "cannot be put in place: " + problem.message(), {}, "choose another output");
}

}  // namespace

void keep_apart(const std::string& target, const std::vector<std::string>& inputs) {
  const fs::path output = resolved(target);
  std::error_code problem;
  if (!fs::exists(fs::symlink_status(output, problem))) return;
  for (const std::string& input : inputs) {
    if (input.empty()) continue;
    std::vector<std::string> files = files_of_dataset(input);
    files.push_back(input);
    for (const std::string& file : files) {
      const fs::path path = fs::weakly_canonical(fs::absolute(file, problem), problem);
      if (problem || path.empty()) continue;
      const fs::path inside = path.lexically_relative(output);
      if (inside.empty() || *inside.begin() == "..") continue;
      refuse(output, inside == "." ? "is an input too" : "holds the input " + inside.string(),
             "an output apart from the inputs", "choose another output", ErrorCode::usage);
    }
  }
}

OutputFolder::OutputFolder(const std::string& target, bool overwrite) : overwrite_(overwrite) {
  const fs::path path = resolved(target);
  check_folder_target(path, overwrite, ErrorCode::usage);
  check_parent(path);
  target_ = path.string();
  for (;;) {
    const fs::path staging = free_name_beside(path, "partial");
    std::error_code problem;
    if (fs::create_directory(staging, problem)) {
      staging_ = staging.string();
      unfinished().add(staging_, path);
      return;
    }
    if (problem) refuse(path, "cannot be made: " + problem.message(), {}, "choose another output");
  }
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(staging_, ignored);
  unfinished().remove(staging_);
}

std::string OutputFolder::path(const std::string& relative) const {
  stop_if_cancelled();  // before every file
  const fs::path inside(relative);
  bool hostile =
      relative.empty() || inside.is_absolute() || inside.filename().empty() || relative.find('\0') != std::string::npos;
  for (const fs::path& part : inside) hostile = hostile || part == ".." || part == ".";
  if (hostile) refuse(relative.c_str(), "is not a path inside the output folder", "a relative path without \"..\"");
  const fs::path path = fs::path(staging_) / inside;
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  if (problem) refuse(path.parent_path(), "cannot be made: " + problem.message());
  return path.string();
}

void OutputFolder::commit() {
  if (committed_) return;
  const std::lock_guard lock(unfinished().mutex);
  const fs::path target(target_);
  check_folder_target(target, overwrite_, ErrorCode::unwritable);
  std::error_code problem;
  if (!fs::exists(target, problem) || fs::is_empty(target, problem)) {
    rename_or_refuse(staging_, target, target);  // POSIX renames over an empty folder
    committed_ = true;
    unfinished().placed(staging_);
    return;
  }
  const fs::path old = free_name_beside(target, "old");
  rename_or_refuse(target, old, target);
  fs::rename(staging_, target, problem);
  if (problem) {
    const std::string reason = problem.message();
    fs::rename(old, target, problem);
    refuse(target, "cannot be put in place: " + reason, {}, "choose another output");
  }
  committed_ = true;
  unfinished().placed(staging_);
  fs::remove_all(old, problem);
  if (problem) {
    throw Error(ErrorCode::unwritable,
                target_ + " is written, but the old one remains as " + old.string() + ": " + problem.message(), {},
                "delete it yourself");
  }
}

OutputFile::OutputFile(const std::string& target, bool overwrite) : overwrite_(overwrite) {
  const fs::path path = resolved(target);
  unfinished().require_other(path);
  check_file_target(path, overwrite, ErrorCode::usage);
  check_parent(path);
  target_ = path.string();
  const std::string extension = path.extension().string();
  staging_ = free_name_beside(path, "partial", extension.empty() ? "" : extension).string();
  unfinished().add(staging_, path);
}

OutputFile::~OutputFile() {
  if (!committed_) remove_file(staging_);
  unfinished().remove(staging_);
}

void OutputFile::commit_all(const std::vector<OutputFile*>& files) {
  const std::lock_guard lock(unfinished().mutex);
  for (const OutputFile* file : files) {
    if (!file->committed_) check_file_target(file->target_, file->overwrite_, ErrorCode::unwritable);
  }
  for (OutputFile* file : files) {
    if (!file->committed_) file->place();
  }
}

void OutputFile::place() {
  rename_or_refuse(staging_, target_, target_);
  committed_ = true;
  unfinished().placed(staging_);
  std::error_code problem;
  if (fs::exists(staging_ + ".aux.xml", problem)) {
    rename_or_refuse(staging_ + ".aux.xml", target_ + ".aux.xml", target_ + ".aux.xml");
  } else {
    fs::remove(target_ + ".aux.xml", problem);  // one of the file just replaced would describe the wrong map
  }
}

bool abandon_outputs() {
  Unfinished& list = unfinished();
  list.mutex.lock();  // for good
  if (list.any_placed && list.targets.empty()) {
    list.mutex.unlock();
    return false;
  }
  std::error_code problem;
  for (const auto& [staging, target] : list.targets) {
    // A thread may add to a folder while it is emptied; once the folder is gone it cannot.
    for (int i = 0; i < 100 && fs::is_directory(staging, problem); ++i) fs::remove_all(staging, problem);
    remove_file(staging);
  }
  return true;
}

}  // namespace urbiome
