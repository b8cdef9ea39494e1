// urbiome: how a city stands with nature, from its own layers.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/run/api.h"

using namespace urbiome;

namespace {

// The verb whose usage is asked for, found before parsing: nothing else need be given then.
const CLI::App* verb_of_json_usage(const CLI::App& root, int argc, char** argv) {
  const CLI::App* verb = &root;
  bool asked = false, named = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    asked = asked || word == "--json-usage";
    if (!named && word.rfind('-', 0) != 0) {
      const auto below = verb->get_subcommands([&](const CLI::App* app) { return app->get_name() == word; });
      if (!below.empty()) verb = below.front();
      named = below.empty();
    }
  }
  return asked && verb != &root ? verb : nullptr;
}

// One sentence of what CLI11 says, and where to read more.
std::string usage_sentence(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App* verb = &root;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();  // those parsed
  std::string said = error.what();
  for (char& c : said) c = c == '\n' || c == '\r' ? ' ' : c;
  return fmt::format("{}; {}", said, see_help(*verb));
}

void say_output_lost(const std::string& reason) { to_stderr(fmt::format("urbiome: standard output: {}\n", reason)); }

// What was printed is out, or the status says that it is not. Who closes a pipe has read enough.
int printed(int status) {
  const int reason = std::fflush(stdout) == 0 ? 0 : errno;
  if ((reason == 0 && std::ferror(stdout) == 0) || reason == EPIPE) return status;
  say_output_lost(reason == 0 ? "cannot be written" : std::strerror(reason));
  return status == kDone ? kBadInput : status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App root{"urbiome: a city's nature figures from its land cover, green spaces and people", "urbiome"};
  root.set_version_flag("--version", "urbiome " + std::string(version()));
  root.require_subcommand(0, 1);
  root.fallthrough(false);
  root.formatter(usage_formatter());
  Session session;
  add_assess(root, session);
  add_audit(root, session);
  add_init(root, session);
  add_sample(root, session);
  add_catalogue(root, session);
  add_report(root, session);
  add_compare(root, session);
  add_raster(root, session);
  add_network(root, session);
  try {
    if (const CLI::App* verb = verb_of_json_usage(root, argc, argv)) {
      fmt::print("{}\n", usage_as_json(*verb));
      return printed(kDone);
    }
    root.parse(argc, argv);
    return printed(session.run(root));
  } catch (const CLI::Success& success) {
    return printed(root.exit(success));
  } catch (const CLI::ParseError& error) {
    to_stderr(fmt::format("urbiome: {}\n", usage_sentence(root, error)));
    return kWrongUsage;
  } catch (const std::exception& error) {
    const auto* printing = dynamic_cast<const std::system_error*>(&error);
    if (printing != nullptr && std::ferror(stdout) != 0) {  // from fmt::print
      if (printing->code() == std::errc::broken_pipe) return kDone;
      say_output_lost(printing->code().message());
      return kBadInput;
    }
    to_stderr(fmt::format("urbiome: {}; this is a defect of urbiome, please report it\n", error.what()));
    return kBadInput;
  }
}
