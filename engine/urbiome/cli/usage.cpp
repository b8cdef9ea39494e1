#include "urbiome/cli/command.h"
#include "urbiome/io/json.h"

namespace urbiome {
namespace {

// A positional that stands for several words is shown as those words, which are its option text.
class UsageFormatter : public CLI::Formatter {
 public:
  std::string make_option_usage(const CLI::Option* option) const override {
    if (!option->nonpositional() && !option->get_option_text().empty()) return option->get_option_text();
    return Formatter::make_option_usage(option);
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> usage_formatter() { return std::make_shared<UsageFormatter>(); }

std::string see_help(const CLI::App& verb) {
  std::string words = "--help";
  for (const CLI::App* app = &verb; app != nullptr; app = app->get_parent()) words = app->get_name() + " " + words;
  return "see " + words;
}

std::string usage_as_json(const CLI::App& verb) {
  Json arguments = Json::array();
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_group().empty()) continue;  // means nothing to this verb
    Json names = Json::array();
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    if (names.empty()) names.push_back(option->get_name());
    const std::string& words = option->get_option_text();
    arguments.push_back({{"names", names},
                         {"positional", option->get_positional()},
                         {"required", option->get_required()},
                         {"type", words.empty() ? option->get_type_name() : words},
                         {"default", option->get_default_str()},
                         {"least", option->get_items_expected_min()},
                         {"most", option->get_items_expected_max()},
                         {"description", option->get_description()}});
  }
  const Json usage{{"name", verb.get_name()}, {"description", verb.get_description()}, {"arguments", arguments}};
  return usage.dump(2);
}

}  // namespace urbiome
