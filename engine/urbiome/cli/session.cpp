#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "urbiome/cli/command.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/raster_reader.h"

namespace urbiome {
namespace {

CancelToken g_cancel;
std::atomic<bool> g_said_cancelled{false};

// The sentence of a command that was stopped: by whoever comes first, the work or the thread below.
bool first_to_say_cancelled() { return !g_said_cancelled.exchange(true); }

// One line that is rewritten: "reading land cover  42 %".
void draw_progress(std::string_view phase, double done) {
  std::fprintf(stderr, "\r\033[K%.*s %3.0f %%", static_cast<int>(phase.size()), phase.data(), 100 * done);
  if (done >= 1) std::fprintf(stderr, "\r\033[K");
  std::fflush(stderr);
}

// How many bytes from `at` on are one UTF-8 character; 0 when they are none.
std::size_t character_at(const std::string& text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xc2 && first < 0xe0 ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

// Names of zones and files may hold line breaks, terminal codes and bytes that are no text.
std::string in_one_line(const std::string& text) {
  std::string line;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_at(text, i);
    const auto first = static_cast<unsigned char>(text[i]);
    if (length == 0) {
      line += '?';
    } else if (first < 0x20 || first == 0x7f) {
      line += ' ';
    } else {
      line.append(text, i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return line;
}

bool on_terminal() { return isatty(STDERR_FILENO) != 0; }

void say_cancelled() {
  if (on_terminal()) std::fprintf(stderr, "\r\033[K");
  std::fprintf(stderr, "urbiome: %s\n", kStopped);
  std::fflush(stderr);
}

pthread_t g_watcher;

// Threads that a library started before main() may be given a signal: they pass it on.
extern "C" void pass_on(int signal) { pthread_kill(g_watcher, signal); }

// Ctrl-C asks the work to stop, which it does at the next tile, row or feature. Where it is in the middle of something
// longer (a library's call that cannot be asked) nobody waits for it: then, or at the second Ctrl-C, what is unfinished
// is removed and the process ends. The only thread outside exec: it has to run when those do not listen.
void obey_interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // here and on all threads to come; but this one waits for them
  std::thread watcher([signals] {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) return;
    g_cancel.cancel();
    constexpr timespec kGrace{0, 300'000'000};
    while (sigtimedwait(&signals, nullptr, &kGrace) < 0 && errno == EINTR) {
    }
    // From now on a signal ends the process as it ends any other, should what follows hang.
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    if (!abandon_outputs()) return;  // all is in place: the command is about to end by itself
    if (first_to_say_cancelled()) say_cancelled();
    std::_Exit(kCancelled);
  });
  g_watcher = watcher.native_handle();
  std::signal(SIGINT, pass_on);
  std::signal(SIGTERM, pass_on);
  watcher.detach();
}

// An option with nothing after it is a variable of a script that was never set, and no wish.
void require_values(const CLI::App& verb) {
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& value : option->results()) {
      if (!value.empty()) continue;
      const std::string name = !option->get_lnames().empty()   ? "--" + option->get_lnames()[0]
                               : !option->get_snames().empty() ? "-" + option->get_snames()[0]
                                                               : "an argument";
      throw Error(ErrorCode::usage, name + " is empty", "a value", see_help(verb));
    }
  }
}

}  // namespace

void to_stderr(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);  // where nobody listens there is nobody to tell
}

Session::Session() {
  auto logger = spdlog::stderr_logger_st("urbiome");
  logger->set_pattern("urbiome: %v");
  spdlog::set_default_logger(logger);
}

void Session::add(CLI::App& verb, Uses uses, std::function<int()> work) {
  const auto shown = [](CLI::Option* option, bool is_used) {
    return is_used ? option : option->group("");  // taken from any script all the same
  };
  verb.add_flag("-q,--quiet", quiet_, "No progress and no notes; warnings and errors stay");
  shown(verb.add_flag("--overwrite", overwrite_, "Replace an existing output"), uses.output);
  shown(verb.add_option("--num-threads", threads_, "Threads to use (default: all cores)"), uses.tiles)
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  shown(verb.add_option("--memory", memory_,
                        "Most memory to use, as 512MiB, 4GiB or 25% (default: a quarter of the machine)"),
        uses.tiles)
      ->type_name("SIZE");
  shown(verb.add_option("--scratch", scratch_,
                        "Folder for tables that outgrow --memory (default: the system's for temporary files)"),
        uses.tiles)
      ->type_name("DIR");
  shown(verb.add_option("--tile-size", tile_size_, "Cells per side of a tile (default: from the file's blocks)"),
        uses.tiles)
      ->check(CLI::Range(1, 1048576))
      ->type_name("N");
  verb.add_flag("--json-usage", json_usage_, "Print the arguments of this verb as JSON and stop");
  work_[&verb] = std::move(work);
}

ExecutionSettings Session::execution() const {
  ExecutionSettings settings{.threads = threads_,
                             .memory_bytes = memory_bytes_,
                             .tile_size = tile_size_,
                             .scratch_folder = scratch_,
                             .cancel = &g_cancel,
                             .progress = {}};
  if (!quiet_ && on_terminal()) settings.progress = draw_progress;
  return settings;
}

void Session::say(const AuditLog& audit) const {
  for (const AuditEntry& entry : audit.entries()) {
    if (entry.warning) spdlog::warn("warning: {}", in_one_line(entry.subject + ": " + entry.message));
  }
}

void Session::note(const AuditLog& audit) const {
  for (const AuditEntry& entry : audit.entries()) {
    if (!entry.warning) note(in_one_line(entry.subject + ": " + entry.message));
  }
}

void Session::note(const std::string& text) const {
  if (!quiet_) to_stderr(text + "\n");
}

int Session::run(const CLI::App& root) {
  obey_interrupts();
  const CancelScope scope(&g_cancel);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const auto& [verb, work] : work_) {
    if (!verb->parsed()) continue;
    try {
      require_values(*verb);
      if (!memory_.empty()) memory_bytes_ = bytes_from(memory_);
      // GDAL's own choice, a twentieth of the machine, would break a small --memory.
      bound_block_cache(
          std::min((memory_bytes_ > 0 ? memory_bytes_ : machine_memory_bytes() / 4) / 8, std::int64_t{128} << 20));
      std::error_code problem;
      if (!scratch_.empty() && !std::filesystem::is_directory(scratch_, problem)) {
        throw Error(ErrorCode::usage, "--scratch " + scratch_ + " is no folder", "an existing folder", "make it first");
      }
      if (!scratch_.empty() && access(scratch_.c_str(), W_OK | X_OK) != 0) {
        throw Error(ErrorCode::unwritable, "--scratch " + scratch_ + ": " + std::strerror(errno),
                    "a folder to write in", "name another");
      }
      return work();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) {
        if (first_to_say_cancelled()) say_cancelled();
        return kCancelled;
      }
      if (on_terminal() && !quiet_) std::fprintf(stderr, "\r\033[K");
      spdlog::error("{}", in_one_line(error.what()));
      return exit_status_of(error.code());
    } catch (const std::bad_alloc&) {
      spdlog::error("the machine has no more memory; give a smaller --memory or a smaller area");
      return kBadInput;
    }
  }
  std::string verbs;
  for (const CLI::App* verb : root.get_subcommands({})) verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
  to_stderr(fmt::format("urbiome: no verb was given; expected one of {}; see urbiome --help\n", verbs));
  return kWrongUsage;
}

int exit_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return kWrongUsage;
    case ErrorCode::cancelled:
      return kCancelled;
    case ErrorCode::unreadable:
    case ErrorCode::contradiction:
    case ErrorCode::unwritable:
    case ErrorCode::memory:
    case ErrorCode::internal:
      return kBadInput;
  }
  return kBadInput;
}

std::int64_t bytes_from(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
  static const std::map<std::string, double> kUnits = {{"", 1.0},
                                                       {"B", 1.0},
                                                       {"K", 1024.0},
                                                       {"KB", 1e3},
                                                       {"KiB", 1024.0},
                                                       {"M", 1048576.0},
                                                       {"MB", 1e6},
                                                       {"MiB", 1048576.0},
                                                       {"G", 1073741824.0},
                                                       {"GB", 1e9},
                                                       {"GiB", 1073741824.0},
                                                       {"T", 1099511627776.0},
                                                       {"TB", 1e12},
                                                       {"TiB", 1099511627776.0},
                                                       {"%", -1}};
  const auto found = kUnits.find(unit);
  if (error != std::errc() || found == kUnits.end() || !(number > 0)) {
    throw Error(ErrorCode::usage, "--memory " + text + " is no size", "a size such as 512MiB, 4GiB or 25%");
  }
  const double bytes =
      found->second > 0 ? number * found->second : number / 100 * static_cast<double>(machine_memory_bytes());
  if (bytes < 32.0 * 1048576 || bytes > 1e18)
    throw Error(ErrorCode::usage, "--memory " + text + " is out of range", "at least 32MiB");
  return static_cast<std::int64_t>(bytes);
}

}  // namespace urbiome
