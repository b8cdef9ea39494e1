// Sections of the report that come from run.json.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

using List = kainjow::mustache::list;

// Sets `name` and the flag `has_name`, so that the template can leave the element out.
void set_text(TemplateData& data, const std::string& name, const std::string& text) {
  data.set(name, text);
  data.set("has_" + name, !text.empty());
}

void set_list(TemplateData& page, const std::string& name, List list) {
  page.set("has_" + name, !list.empty());
  page.set(name, TemplateData(std::move(list)));
}

std::string file_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? path : name;  // folders of this machine are nobody's business
}

std::string size_words(const Json& bytes) {
  if (!bytes.is_number()) return {};
  const double size = bytes.get<double>();
  if (size >= 1e9) return grouped(size / 1e9, 1) + " GB";
  if (size >= 1e6) return grouped(size / 1e6, 1) + " MB";
  if (size >= 1e3) return grouped(size / 1e3, 1) + " kB";
  return grouped(size, 0) + " bytes";
}

// A reference system's name: of a long WKT only the name in its first quotes.
std::string short_crs(const std::string& crs) {
  if (crs.size() <= 60) return crs;
  const std::size_t begin = crs.find('"');
  const std::size_t end = begin == std::string::npos ? begin : crs.find('"', begin + 1);
  return end == std::string::npos ? "given as WKT" : crs.substr(begin + 1, end - begin - 1);
}

std::string joined(std::initializer_list<std::string> parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : between) + part;
  }
  return text;
}

List input_list(const Json& inputs) {
  List list;
  if (!inputs.is_array()) return list;
  for (const Json& input : inputs) {
    TemplateData entry;
    set_text(entry, "use", words_of_id(json_text(input, "use")));
    set_text(entry, "file", file_name(json_text(input, "path")));
    set_text(entry, "date", json_text(input, "date"));
    set_text(entry, "size", size_words(json_field(input, "bytes")));
    set_text(entry, "crs", short_crs(json_text(input, "crs")));
    set_text(entry, "legend", file_name(json_text(input, "legend")));
    set_text(entry, "origin", joined({json_text(input, "source"), json_text(input, "licence")}, " \u00B7 "));
    set_text(entry, "sha256", json_text(input, "sha256"));
    list.emplace_back(entry);
  }
  return list;
}

List phase_list(const Json& phases) {
  List list;
  if (!phases.is_array()) return list;
  for (const Json& phase : phases) {
    TemplateData entry;
    std::string facts;
    const Json& names = json_field(phase, "facts");
    if (names.is_array()) {
      for (const Json& name : names) {
        if (name.is_string()) facts += (facts.empty() ? "" : ", ") + words_of_id(name.get<std::string>());
      }
    }
    entry.set("phase", json_text(phase, "phase"));
    entry.set("kind", json_text(phase, "kind"));
    entry.set("facts", facts);
    const Json& seconds = json_field(phase, "seconds");
    const Json& memory = json_field(phase, "peak_memory_mib");
    entry.set("seconds", seconds.is_number() ? grouped(seconds.get<double>(), 2) + " s" : "");
    entry.set("memory", memory.is_number() ? grouped(memory.get<double>(), 0) + " MiB" : "");
    list.emplace_back(entry);
  }
  return list;
}

void replace_all(std::string& text, const std::string& old, const std::string& with) {
  for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + with.size()))
    text.replace(at, old.size(), with);
}

// Paths of this run with what the page shows for them, longest first: relative to the recipe's folder, or names.
std::vector<std::pair<std::string, std::string>> shown_paths(const Json& run) {
  const std::string recipe = json_text(run, "recipe_file");
  const std::filesystem::path folder = std::filesystem::path(recipe).parent_path();
  std::vector<std::pair<std::string, std::string>> shown;
  const auto add = [&](const std::string& path) {
    if (!std::filesystem::path(path).is_absolute()) return;
    const std::filesystem::path near =
        folder.empty() ? std::filesystem::path() : std::filesystem::path(path).lexically_relative(folder);
    const bool inside = !near.empty() && *near.begin() != "..";
    shown.emplace_back(path, inside ? near.string() : file_name(path));
  };
  add(recipe);
  const Json& inputs = json_field(run, "inputs");
  for (const Json& input : inputs.is_array() ? inputs : Json::array()) {
    add(json_text(input, "path"));
    const Json& files = json_field(input, "files");
    for (const Json& file : files.is_array() ? files : Json::array()) add(json_text(file, "path"));
  }
  if (!folder.empty()) shown.emplace_back(folder.string() + "/", "");  // files that are no inputs
  std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  return shown;
}

List audit_list(const Json& run) {
  const Json& audit = json_field(run, "audit");
  const auto paths = shown_paths(run);
  const auto text_of = [&](const Json& item, const char* name) {
    std::string text = json_text(item, name);
    for (const auto& [path, shown] : paths) replace_all(text, path, shown);
    return text;
  };
  List list;
  if (!audit.is_array()) return list;
  for (const char* wanted : {"warning", "note", ""}) {  // warnings first
    for (const Json& item : audit) {
      const std::string severity = json_text(item, "severity");
      const std::string kind = severity == "warning" || severity == "note" ? severity : "";
      if (kind != wanted || json_text(item, "message").empty()) continue;
      TemplateData entry;
      entry.set("kind", kind.empty() ? "note" : kind);
      entry.set("word", kind == "warning" ? "Warning" : "Note");
      set_text(entry, "subject", text_of(item, "subject"));
      entry.set("message", text_of(item, "message"));
      list.emplace_back(entry);
    }
  }
  return list;
}

List definition_list(const Json& indicators) {
  List list;
  if (!indicators.is_array()) return list;
  for (const Json& indicator : indicators) {
    const std::string id = json_text(indicator, "id");
    if (id.empty()) continue;
    TemplateData entry;
    entry.set("id", id);
    entry.set("title", title_of(indicators, id));
    for (const char* name : {"definition", "needs", "source", "evidence"})
      set_text(entry, name, json_text(indicator, name));
    list.emplace_back(entry);
  }
  return list;
}

List parameter_list(const Json& parameters) {
  List list;
  if (!parameters.is_object()) return list;
  for (const auto& item : parameters.items()) {
    TemplateData entry;
    entry.set("name", item.key());
    entry.set("value", json_text(parameters, item.key().c_str()));
    list.emplace_back(entry);
  }
  return list;
}

List attribution_list(const Json& run) {
  std::vector<std::string> texts;
  const auto add = [&texts](const std::string& text) {
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  };
  const Json& attributions = json_field(run, "attributions");
  if (attributions.is_array()) {
    for (const Json& item : attributions) add(item.is_string() ? item.get<std::string>() : std::string());
  }
  const Json& inputs = json_field(run, "inputs");
  if (inputs.is_array()) {
    for (const Json& input : inputs) add(json_text(input, "attribution"));
  }
  List list;
  for (const std::string& text : texts) {
    TemplateData entry;
    entry.set("text", text);
    list.emplace_back(entry);
  }
  return list;
}

}  // namespace

const Json& json_field(const Json& object, const char* name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string safe_colour(const std::string& colour) {
  const bool good = colour.size() == 7 && colour[0] == '#' &&
                    colour.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  return good ? colour : "#8a8f8c";
}

void add_run_sections(TemplateData& page, const Json& run) {
  const Json& city = json_field(run, "city");
  const std::string name = json_text(city, "name");
  page.set("city", name.empty() ? "This city" : name);
  set_text(page, "country", json_text(city, "country"));
  const std::string finished = json_text(run, "finished");
  set_text(page, "finished", finished.substr(0, std::min(finished.find('T'), finished.size())));
  page.set("finished_full", finished);
  set_text(page, "version", json_text(json_field(run, "urbiome"), "version"));
  set_list(page, "audit", audit_list(run));
  set_list(page, "definitions", definition_list(json_field(run, "indicators")));
  const Json& inputs = json_field(run, "inputs");
  set_list(page, "inputs", input_list(inputs));
  page.set("has_crs_column", inputs.is_array() && std::any_of(inputs.begin(), inputs.end(), [](const Json& input) {
                               return !json_text(input, "crs").empty();
                             }));
  set_list(page, "attributions", attribution_list(run));
  set_list(page, "phases", phase_list(json_field(run, "phases")));
  const Json& direct = json_field(run, "parameters");
  set_list(page, "parameters",
           parameter_list(direct.is_object() ? direct : json_field(json_field(run, "recipe"), "parameters")));
}

}  // namespace urbiome
