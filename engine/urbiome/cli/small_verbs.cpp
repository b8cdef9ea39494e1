#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/indicators/catalogue.h"
#include "urbiome/io/json.h"
#include "urbiome/io/legends.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/report_page.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/access_changes.h"
#include "urbiome/run/api.h"
#include "urbiome/run/compare.h"
#include "urbiome/run/sample_city.h"

namespace urbiome {

void add_sample(CLI::App& root, Session& session) {
  auto folder = std::make_shared<std::string>();
  CLI::App* verb = root.add_subcommand("sample", "Write the sample city (Olinda, Brazil) with its recipe city.toml");
  verb->add_option("DIR", *folder, "Folder to make")->required()->type_name("DIR");
  session.add(*verb, {.output = true, .tiles = false}, [folder, &session] {
    const std::string recipe = write_sample_city(*folder, session.overwrite());
    session.note(fmt::format("wrote {}; next: urbiome assess {} -o out", recipe, recipe));
    return kDone;
  });
}

void add_catalogue(CLI::App& root, Session& session) {
  struct Arguments {
    std::string id;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = root.add_subcommand("catalogue", "List indicators and legends, or describe one indicator");
  verb->add_option("ID", arguments->id, "An indicator's id");
  verb->add_flag("--json", arguments->json, "As JSON");
  session.add(*verb, {.output = false, .tiles = false}, [arguments] {
    Table table = catalogue_table();
    if (!arguments->id.empty()) {
      const std::string id = arguments->id;
      std::erase_if(table.rows, [&](const auto& row) { return std::get<std::string>(row[0]) != id; });
      if (table.rows.empty())
        throw Error(ErrorCode::usage, "no indicator is called " + id, "an id of the list", "see urbiome catalogue");
    }
    if (arguments->json) {
      Json json{{"indicators", table_to_json(table)}};
      if (arguments->id.empty()) json["legends"] = shipped_legends();
      fmt::print("{}\n", json.dump(2));
      return kDone;
    }
    for (const auto& row : table.rows) {
      if (arguments->id.empty()) {
        fmt::print("{:<28} {} [{}] ({})\n", std::get<std::string>(row[0]), std::get<std::string>(row[1]),
                   std::get<std::string>(row[2]), std::get<std::string>(row[7]));
        continue;
      }
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string text = std::holds_alternative<double>(row[i]) ? number_text(std::get<double>(row[i]))
                                                                        : std::get<std::string>(row[i]);
        fmt::print("{:<11} {}\n", table.columns[i], text);
      }
    }
    if (arguments->id.empty()) {
      fmt::print("\nlegends:");
      for (const std::string& legend : shipped_legends()) fmt::print(" {}", legend);
      fmt::print("\n");
    }
    return kDone;
  });
}

void add_report(CLI::App& root, Session& session) {
  auto folder = std::make_shared<std::string>();
  CLI::App* verb = root.add_subcommand("report", "Rebuild report.html from an output folder, in its place");
  verb->add_option("DIR", *folder, "Output folder of urbiome assess")->required()->type_name("DIR");
  session.add(*verb, {.output = false, .tiles = false}, [folder, &session] {
    write_report(*folder);
    session.note(fmt::format("wrote {}/report.html", *folder));
    return kDone;
  });
}

void add_compare(CLI::App& root, Session& session) {
  struct Arguments {
    std::vector<std::string> folders;
    std::string out;
    bool no_access = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = root.add_subcommand("compare", "Differences between output folders, the first as base");
  verb->add_option("FOLDERS", arguments->folders, "Output folders of urbiome assess")
      ->required()
      ->expected(2, 1000)
      ->option_text("BASE A B...");
  verb->add_option("-o,--output", arguments->out, "Folder to make")->required()->type_name("DIR");
  verb->add_flag("--no-access-changes", arguments->no_access,
                 "Leave out access_changes.csv, for which the runs' inputs are read again");
  session.add(*verb, [arguments, &session] {
    keep_apart(arguments->out, arguments->folders);
    OutputFolder folder(arguments->out, session.overwrite());
    Comparison comparison = compare(arguments->folders);
    if (!arguments->no_access) {
      if (const auto changes = access_changes(arguments->folders, session.execution(), comparison.audit))
        write_csv(folder.path("access_changes.csv"), *changes);
    }
    write_csv(folder.path("compare.csv"), comparison.table);
    write_json(folder.path("compare.json"), table_to_json(comparison.table));
    folder.commit();
    session.say(comparison.audit);
    session.note(comparison.audit);
    session.note(fmt::format("{} of {} rows differ; all are in {}/compare.csv", comparison.differing,
                             comparison.table.rows.size(), arguments->out));
    return kDone;
  });
}

}  // namespace urbiome
