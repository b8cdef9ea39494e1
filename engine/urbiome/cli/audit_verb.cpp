#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/io/json.h"
#include "urbiome/run/audit.h"

namespace urbiome {

void add_audit(CLI::App& root, Session& session) {
  struct Arguments {
    std::string recipe;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = root.add_subcommand("audit", "Say what a recipe's layers are like before any figure is trusted");
  verb->add_option("RECIPE", arguments->recipe, "city.toml")->required();
  verb->add_flag("--json", arguments->json, "As JSON");
  session.add(*verb, {.output = false, .tiles = true}, [arguments, &session] {
    const AuditReport report = audit_recipe(read_recipe(arguments->recipe), session.execution());
    const auto is_said = [&](const AuditEntry& entry) { return entry.warning || !session.quiet(); };
    if (arguments->json) {
      Json list = Json::array();
      for (const AuditEntry& entry : report.log.entries()) {
        if (!is_said(entry)) continue;
        list.push_back(
            {{"severity", entry.warning ? "warning" : "note"}, {"subject", entry.subject}, {"message", entry.message}});
      }
      fmt::print("{}\n", list.dump(2));
      return kDone;
    }
    if (!session.quiet()) {
      for (const DatePlan& plan : report.plans) fmt::print("{}", in_words(plan));
    }
    for (const AuditEntry& entry : report.log.entries()) {
      if (is_said(entry))
        fmt::print("{:<7}  {}: {}\n", entry.warning ? "warning" : "note", entry.subject, entry.message);
    }
    return kDone;
  });
}

}  // namespace urbiome
