#include "urbiome/run/init_guesses.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>

#include "urbiome/io/legends.h"

namespace urbiome {
namespace {

constexpr std::size_t kMostDoubts = 2;  // legends that fit; of more, none is taken

std::string without(std::string text, const char* characters) {
  std::erase_if(text, [&](char c) { return std::string_view(characters).find(c) != std::string_view::npos; });
  return text;
}

bool names_classes_of(const RasterInfo& info, const std::vector<std::int64_t>& values, const Legend& legend) {
  const auto named = std::count_if(values.begin(), values.end(), [&](std::int64_t v) {
    return v >= 0 && v < static_cast<std::int64_t>(info.category_names.size()) &&
           lower(info.category_names[static_cast<std::size_t>(v)]) == lower(legend.find(v)->name);
  });
  return named * 2 > static_cast<std::int64_t>(values.size());
}

// How much a column's name is that of an id: 0 is best.
int rank_of_name(const std::string& column) {
  const std::string name = lower(column);
  constexpr std::array kIds = {"id", "code", "gid", "fid", "objectid"};
  constexpr std::array kEnds = {"id", "code", "nr", "no", "num", "ref"};
  if (std::find(kIds.begin(), kIds.end(), name) != kIds.end()) return 0;
  if (std::any_of(kEnds.begin(), kEnds.end(), [&](const char* end) { return name.ends_with(end); })) return 1;
  return has_any(name, {"id", "cod", "key"}) ? 2 : 3;
}

// Measures differ from polygon to polygon without naming it.
bool is_measure(const std::string& column, const std::string& type) {
  const std::string name = lower(column);
  return type.find("Real") != std::string::npos ||
         has_any(name, {"area", "leng", "perim", "shape", "cntr", "pop", "lat", "lon", "date", "time"}) ||
         name == "x" || name == "y";
}

}  // namespace

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool has_any(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

std::string column_like(const LayerDescription& layer, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    for (const auto& [field, type] : layer.fields) {
      if (lower(field) == word) return field;
    }
  }
  for (const char* word : words) {
    for (const auto& [field, type] : layer.fields) {
      if (lower(field).find(word) != std::string::npos) return field;
    }
  }
  return {};
}

LegendGuess guess_legend(const std::string& path, const RasterInfo& info) {
  const std::vector<std::int64_t> values = distinct_values(path, 1, 300);
  const std::string words = without(lower(std::filesystem::path(path).filename().string()), "_-");
  LegendGuess guess;
  std::string by_name, by_classes;
  for (const std::string& id : shipped_legends()) {
    const Legend legend = load_legend(id);
    if (values.empty() ||
        !std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return legend.find(v) != nullptr; }))
      continue;
    guess.others.push_back(id);
    if (by_name.empty() && words.find(without(id, "_")) != std::string::npos) by_name = id;
    if (by_classes.empty() && names_classes_of(info, values, legend)) by_classes = id;
  }
  const auto take = [&](const std::string& id, const char* why) {
    guess.id = id;
    guess.why = why;
    std::erase(guess.others, id);
  };
  const bool tens =
      values.size() > 2 && std::all_of(values.begin(), values.end(), [](std::int64_t v) { return v % 5 == 0; });
  const bool worldcover = std::find(guess.others.begin(), guess.others.end(), "worldcover") != guess.others.end();
  if (!by_name.empty()) {
    take(by_name, "by the file's name");
    guess.others.clear();
  } else if (!by_classes.empty()) {
    take(by_classes, "by the class names in the file");
    guess.others.clear();
  } else if (tens && worldcover) {
    take("worldcover", "by its codes");
  } else if (!guess.others.empty() && guess.others.size() <= kMostDoubts) {
    take(std::string(guess.others.front()), "by its codes");
  }
  return guess;
}

IdGuess guess_id(const std::string& path, const LayerDescription& layer, const std::string& title) {
  struct Candidate {
    ColumnContent content;
    bool tells_apart;  // has a value nearly everywhere, and nearly always another
    int rank;
  };
  std::vector<Candidate> candidates;
  const std::vector<ColumnContent> contents = column_contents(path, layer.name);
  for (std::size_t i = 0; i < contents.size() && i < layer.fields.size(); ++i) {
    const ColumnContent& c = contents[i];
    const auto nearly_all = [&](std::int64_t count) { return 20 * count >= 19 * layer.features; };
    int rank = rank_of_name(c.name);
    if (rank > 0 && is_measure(c.name, layer.fields[i].second)) rank = 5;
    if (rank == 3 && c.name == title) rank = 4;  // names are repeated elsewhere, or one day
    candidates.push_back({c, nearly_all(c.filled) && nearly_all(c.distinct) && rank < 5, rank});
  }
  const auto best = std::min_element(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.tells_apart != b.tells_apart) return a.tells_apart;
    const bool a_says = a.content.distinct > 1, b_says = b.content.distinct > 1;
    if (a_says != b_says) return a_says;
    if (a.tells_apart || a.rank / 3 != b.rank / 3) return a.rank < b.rank;
    return a.content.distinct > b.content.distinct;
  });
  if (best == candidates.end()) return {};
  const ColumnContent& c = best->content;
  IdGuess guess{c.name, {}};
  if (c.filled < layer.features || c.distinct < c.filled) {
    guess.doubt = fmt::format(
        "{} has {} different values on {} polygons{}; polygons with one value are one zone", c.name, c.distinct,
        layer.features, c.filled < layer.features ? fmt::format(" and none on {}", layer.features - c.filled) : "");
  }
  return guess;
}

}  // namespace urbiome
