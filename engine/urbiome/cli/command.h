// The `urbiome` command: one file per verb, each registers its arguments and does its work.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

// Options that every verb has, and what the process shares: cancel, progress, exit status.
class Session {
 public:
  Session();

  // Which of the common options mean something to a verb; help and usage list those, and every verb takes them all.
  struct Uses {
    bool output = true;  // --overwrite
    bool tiles = true;   // --num-threads, --memory, --scratch, --tile-size
  };
  // Adds the common options to a verb and its work; the work returns the exit status.
  void add(CLI::App& verb, Uses uses, std::function<int()> work);
  void add(CLI::App& verb, std::function<int()> work) { add(verb, Uses(), std::move(work)); }
  int run(const CLI::App& root);

  ExecutionSettings execution() const;
  bool quiet() const { return quiet_; }
  bool overwrite() const { return overwrite_; }
  // Warnings of an audit on stderr, one line each.
  void say(const AuditLog& audit) const;
  void note(const std::string& text) const;  // on stderr unless quiet
  void note(const AuditLog& audit) const;    // its notes

 private:
  bool quiet_ = false, overwrite_ = false, json_usage_ = false;
  int threads_ = 0;
  std::int64_t memory_bytes_ = 0;
  std::int64_t tile_size_ = 0;
  std::string memory_, scratch_;
  std::map<const CLI::App*, std::function<int()>> work_;
};

void add_assess(CLI::App& root, Session& session);
void add_audit(CLI::App& root, Session& session);
void add_init(CLI::App& root, Session& session);
void add_sample(CLI::App& root, Session& session);
void add_catalogue(CLI::App& root, Session& session);
void add_report(CLI::App& root, Session& session);
void add_compare(CLI::App& root, Session& session);
void add_raster(CLI::App& root, Session& session);
void add_network(CLI::App& root, Session& session);

// Exit statuses of CONTRACTS section 3.
enum ExitStatus { kDone = 0, kSomeFailed = 1, kWrongUsage = 2, kBadInput = 3, kCancelled = 130 };
int exit_status_of(ErrorCode code);

// A text on standard error; never throws, wherever that leads to.
void to_stderr(const std::string& text);

// "512MiB", "2G", "50%" as bytes; Error{usage} otherwise.
std::int64_t bytes_from(const std::string& text);

// "see urbiome raster window --help".
std::string see_help(const CLI::App& verb);

// A verb's arguments as JSON, for programs that drive this one; and how --help shows them.
std::string usage_as_json(const CLI::App& verb);
std::shared_ptr<CLI::FormatterBase> usage_formatter();

}  // namespace urbiome
