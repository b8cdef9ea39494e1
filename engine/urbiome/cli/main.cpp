// urbiome: how a city stands with nature, from its own layers.
#include <exception>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/run/api.h"

int main(int argc, char** argv) {
  using namespace urbiome;
  CLI::App root{"urbiome: a city's nature figures from its land cover, green spaces and people", "urbiome"};
  root.set_version_flag("--version", "urbiome " + std::string(version()));
  root.require_subcommand(0, 1);
  root.fallthrough(false);
  Session session;
  add_assess(root, session);
  add_audit(root, session);
  add_init(root, session);
  add_sample(root, session);
  add_catalogue(root, session);
  add_report(root, session);
  add_compare(root, session);
  add_raster(root, session);
  try {
    root.parse(argc, argv);
    return session.run(root);
  } catch (const CLI::Success& success) {
    return root.exit(success);
  } catch (const CLI::ParseError& error) {
    root.exit(error);
    return kWrongUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "urbiome: {}; this is a defect of urbiome, please report it\n", error.what());
    return kBadInput;
  }
}
