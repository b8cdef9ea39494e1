#include "urbiome/cli/path_arguments.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>

#include "urbiome/io/output_folder.h"

namespace urbiome {
namespace {

void check_output(const std::string& path, const std::vector<std::string>& inputs, const std::string& format,
                  const std::vector<std::string>& endings) {
  keep_apart(path, inputs);
  std::string ending = std::filesystem::path(path).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::ranges::find(endings, ending) != endings.end()) return;
  throw Error(ErrorCode::usage,
              fmt::format("the output {} {}, but is written as {}", path,
                          ending.empty() ? "has no ending" : "ends in " + ending, format),
              fmt::format("a name that ends in {}", fmt::join(endings, ", ")), "give it such a name");
}

}  // namespace

void PathArguments::declare(CLI::App& verb, const std::string& words, int most) {
  words_ = words;
  verb_ = verb.get_parent()->get_name() + " " + verb.get_name();
  verb.add_option("PATHS", given, "Files; the last one is written, unless -o names it")
      ->required()
      ->expected(1, most)
      ->option_text(words);
  verb.add_option("-o,--output", output, "File to write (instead of the last positional)")->type_name("FILE");
}

std::vector<std::string> PathArguments::take_inputs(std::size_t least, std::size_t most) {
  std::vector<std::string> inputs = given;
  if (output.empty() && !inputs.empty()) {
    output = inputs.back();
    inputs.pop_back();
  }
  if (inputs.size() < least || inputs.size() > most)
    throw Error(ErrorCode::usage, verb_ + " was given the wrong number of files", words_);
  return inputs;
}

void check_table_output(const std::string& path, const std::vector<std::string>& inputs) {
  check_output(path, inputs, "CSV", {".csv"});
}

void check_raster_output(const std::string& path, const std::vector<std::string>& inputs) {
  check_output(path, inputs, "GeoTIFF", {".tif", ".tiff", ".gtiff"});
}

void check_geopackage_output(const std::string& path, const std::vector<std::string>& inputs) {
  check_output(path, inputs, "GeoPackage", {".gpkg"});
}

}  // namespace urbiome
