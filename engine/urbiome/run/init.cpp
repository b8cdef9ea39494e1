#include "urbiome/run/init.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/init_guesses.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

// A basic string of TOML; control characters are escaped.
std::string toml_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// A line of TOML that is not read, whatever the text holds.
std::string comment(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return fmt::format("# {}\n", text);
}

class Draft {
 public:
  explicit Draft(const std::string& folder) : folder_(fs::absolute(folder.empty() ? "." : folder).lexically_normal()) {
    if (!folder_.has_filename()) folder_ = folder_.parent_path();  // "/a/b/" as "/a/b"
  }

  void add(const std::string& path) {
    if (is_raster(path)) {
      add_raster(path);
    } else if (is_vector(path)) {
      add_vector(path);
    } else {
      throw Error(ErrorCode::unreadable, path + " cannot be opened", "a raster or vector file", "check the name");
    }
  }

  RecipeDraft finish() {
    RecipeDraft draft;
    const std::string city = folder_.has_filename() ? folder_.filename().string() : "city";
    draft.toml = fmt::format("# Written by urbiome init; check every line.\n\n[city]\nname = {}\n", toml_text(city));
    guesses_.push_back(fmt::format("the city is called {}, after the recipe's folder", city));
    if (!boundary_.empty()) draft.toml += "boundary = " + boundary_ + "\n";
    draft.toml += fmt::format("\n{}{}", zone_tables(), tables_);
    if (!has_spaces_) {
      draft.toml += "[parameters]\nnear_source = \"land_cover\"\n";
      guesses_.push_back(
          "no layer of green spaces: access is measured to green land cover (near_source = \"land_cover\")");
    }
    draft.guesses = std::move(guesses_);
    return draft;
  }

 private:
  std::string relative(const std::string& path) const {
    if (path.rfind("/vsi", 0) == 0 || path.find("://") != std::string::npos) return path;
    const fs::path full = fs::absolute(path).lexically_normal(), near = full.lexically_relative(folder_);
    return !near.empty() && *near.begin() != ".." ? near.string() : full.string();
  }

  void add_raster(const std::string& path) {
    const RasterInfo info = describe_raster(path);
    const std::string name = lower(fs::path(path).filename().string());
    const bool whole_numbers = info.data_type.find("Float") == std::string::npos;
    if (has_any(name, {"pop", "people", "resident", "ghs_pop", "hrsl"})) {
      return add_population(fmt::format("path = {}\nband = 1\n", toml_text(relative(path))),
                            path + ": counts of people, by its name");
    }
    if (has_any(name, {"dem", "elev", "viirs", "light", "noise"})) {
      const char* key = has_any(name, {"dem", "elev"}) ? "elevation"
                        : has_any(name, {"noise"})     ? "noise"
                                                       : "night_light";
      if (!named_once_.insert(key).second) {
        tables_ += fmt::format("# [layers.{}]\n# path = {}\n\n", key, toml_text(relative(path)));
        return guesses_.push_back(fmt::format("{}: a second layer of {}; left as a comment", path, key));
      }
      tables_ += fmt::format("[layers.{}]\npath = {}\nband = 1\n\n", key, toml_text(relative(path)));
      return guesses_.push_back(fmt::format("{}: {}, by its name", path, key));
    }
    if (has_any(name, {"ndvi"}) && info.bands == 1) {
      tables_ += fmt::format("# [[land_cover]]\n# path = {}\n# bands = {{ ndvi = 1 }}\n# ndvi_min = 0.4\n\n",
                             toml_text(relative(path)));
      return guesses_.push_back(path + ": NDVI, by its name; left as a comment, a threshold is yours to choose");
    }
    if (info.bands >= 4) {
      const bool landsat = has_any(name, {"l7", "etm", "landsat"});
      tables_ += fmt::format("[[land_cover]]\npath = {}\nbands = {{ red = 3, nir = 4{} }}\nndvi_min = 0.2\n\n",
                             toml_text(relative(path)), landsat ? ", green = 2" : "");
      return guesses_.push_back(path + ": bands with red = 3 and nir = 4; green where NDVI > 0.2 (check both)");
    }
    add_classes(path, whole_numbers ? guess_legend(path, info) : LegendGuess{});
  }

  void add_classes(const std::string& path, const LegendGuess& legend) {
    const std::string others = fmt::format("{}", fmt::join(legend.others, ", "));
    if (legend.id.empty() && legend.others.empty()) {
      tables_ += fmt::format(
          "# This raster fits no shipped legend: write a legend file and name it here\n# [[land_cover]]\n# path = "
          "{}\n# legend = \"my_legend.csv\"\n\n",
          toml_text(relative(path)));
      return guesses_.push_back(path + ": no guess; its values fit no shipped legend");
    }
    tables_ += fmt::format("[[land_cover]]\npath = {}\n", toml_text(relative(path)));
    if (legend.id.empty()) {
      tables_ += fmt::format("# Its values fit {} shipped legends; take one of them, or a file of your own:\n",
                             legend.others.size());
      for (const std::string& id : legend.others) tables_ += fmt::format("# legend = {}\n", toml_text(id));
      tables_ += "\n";
      return guesses_.push_back(
          fmt::format("{}: land cover, but its values fit {} legends ({}); choose one in the recipe", path,
                      legend.others.size(), others));
    }
    if (!others.empty()) tables_ += fmt::format("# {}; its values also fit: {}\n", legend.why, others);
    tables_ += fmt::format("legend = {}\n\n", toml_text(legend.id));
    guesses_.push_back(fmt::format("{}: land cover with legend {}, {}{}", path, legend.id, legend.why,
                                   others.empty() ? "" : "; its values also fit: " + others));
  }

  // Populations add up, so only the first is taken; others stand as comments.
  void add_population(const std::string& lines, const std::string& guess) {
    if (named_once_.insert("population").second) {
      tables_ += "[[population]]\n" + lines + "\n";
      return guesses_.push_back(guess);
    }
    std::string comment = "# another population; two would be added together\n# [[population]]\n# ";
    for (const char c : lines) comment += c == '\n' ? std::string("\n# ") : std::string(1, c);
    tables_ += comment.substr(0, comment.size() - 2) + "\n";
    guesses_.push_back(guess + "; left as a comment beside the first population");
  }

  void add_vector(const std::string& path) {
    const std::vector<LayerDescription> layers = describe_vector(path);
    if (layers.empty()) return guesses_.push_back(path + ": holds no layer");
    const LayerDescription& layer = layers[0];
    const std::string name = lower(fs::path(path).filename().string()), type = lower(layer.geometry_type);
    const std::string file = toml_text(relative(path));
    LayerDescription numbers = layer;  // a column of text counts nobody, but csv columns may look like text
    const bool csv = has_any(name, {".csv"});
    std::erase_if(numbers.fields, [&](const auto& field) { return !csv && lower(field.second).find("string") == 0; });
    const std::string people = column_like(numbers, {"population", "residents", "inhabitants", "pop", "v014"});
    if (has_any(name, {".pbf"}) || type.find("line") != std::string::npos) {
      if (has_any(name, {"water", "river", "stream", "rail"}) || !named_once_.insert("streets").second) {
        tables_ += fmt::format("# [streets]\n# path = {}\n\n", file);
        return guesses_.push_back(path + ": lines that are not taken for the streets; left as a comment");
      }
      tables_ += fmt::format("[streets]\npath = {}\n\n", file);
      return guesses_.push_back(path + ": streets, because it holds lines");
    }
    const std::string x = column_like(layer, {"lon", "longitude", "x"}),
                      y = column_like(layer, {"lat", "latitude", "y"});
    if (csv && !x.empty() && !y.empty() && !people.empty()) {
      return add_population(fmt::format("path = {}\nx = {}\ny = {}\ncolumn = {}\ncrs = \"EPSG:4326\"\n", file,
                                        toml_text(x), toml_text(y), toml_text(people)),
                            fmt::format("{}: people at points, columns {}, {} and {}, EPSG:4326", path, x, y, people));
    }
    if (has_any(name, {"green", "park", "open_space", "garden"})) {
      tables_ += fmt::format("[[green_spaces]]\npath = {}\nrole = \"green\"\n# public = \"access = 'yes'\"\n\n", file);
      has_spaces_ = true;
      return guesses_.push_back(path + ": green spaces, by its name; their access is unknown until you say");
    }
    if (has_any(name, {"water", "lake"})) {
      tables_ += fmt::format("[[green_spaces]]\npath = {}\nrole = \"blue\"\n\n", file);
      return guesses_.push_back(path + ": blue spaces, by its name; their access is unknown until you say");
    }
    if (boundary_.empty() && (layer.features == 1 || has_any(name, {"boundary", "outline", "limit"}))) {
      boundary_ = file;
      return guesses_.push_back(path + ": the city boundary");
    }
    add_zones(path, layer);
    if (!people.empty()) {
      add_population(fmt::format("path = {}\ncolumn = {}\n", file, toml_text(people)),
                     fmt::format("{}: residents in column {}", path, people));
    }
  }

  void add_zones(const std::string& path, const LayerDescription& layer) {
    const std::string title = column_like(layer, {"name", "nm_", "nom", "label"});
    const IdGuess id = guess_id(path, layer, title);
    std::string lines = fmt::format("[[zones]]\npath = {}\n", toml_text(relative(path)));
    if (!id.doubt.empty()) lines += comment(id.doubt);
    lines += fmt::format("id = {}\n", toml_text(id.column));
    if (!title.empty()) lines += "name = " + toml_text(title) + "\n";
    zones_.push_back({std::move(lines), path});
    guesses_.push_back(fmt::format("{}: zones by column {}{}{}", path, id.column,
                                   title.empty() ? "" : " named by " + title, id.doubt.empty() ? "" : "; " + id.doubt));
  }

  // A level each; several are called after their files.
  std::string zone_tables() {
    std::string text;
    std::set<std::string> taken = {"city"};
    for (const ZoneTable& table : zones_) {
      std::string level = zones_.size() == 1 ? "zone" : fs::path(table.path).stem().string();
      for (int next = 2; !taken.insert(level).second; ++next)
        level = fmt::format("{}_{}", fs::path(table.path).stem().string(), next);
      text += table.lines + "level = " + toml_text(level) + "\n\n";
      if (zones_.size() > 1)
        guesses_.push_back(fmt::format("{}: its zones have level {}, by its name", table.path, level));
    }
    return text;
  }

  struct ZoneTable {
    std::string lines, path;
  };
  fs::path folder_;
  std::string boundary_, tables_;
  std::vector<ZoneTable> zones_;
  std::set<std::string> named_once_;  // tables that a recipe holds once
  bool has_spaces_ = false;
  std::vector<std::string> guesses_;
};

}  // namespace

RecipeDraft draft_recipe(const std::vector<std::string>& layers, const std::string& folder) {
  Draft draft(folder);
  for (const std::string& layer : layers) draft.add(layer);
  return draft.finish();
}

}  // namespace urbiome
