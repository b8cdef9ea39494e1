#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/init.h"

namespace urbiome {

void add_init(CLI::App& root, Session& session) {
  struct Arguments {
    std::vector<std::string> layers;
    std::string out;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = root.add_subcommand("init", "Write a first recipe from layers, saying what was guessed");
  verb->add_option("LAYERS", arguments->layers, "Rasters and vector layers of the city")->required();
  verb->add_option("-o,--output", arguments->out, "Recipe to write")->required()->type_name("city.toml");
  session.add(*verb, {.output = true, .tiles = false}, [arguments, &session] {
    keep_apart(arguments->out, arguments->layers);
    OutputFile file(arguments->out, session.overwrite());
    const std::string folder = std::filesystem::path(arguments->out).parent_path().string();
    const RecipeDraft draft = draft_recipe(arguments->layers, folder);
    std::ofstream stream(file.staging(), std::ios::binary);
    stream << draft.toml;
    stream.close();
    if (!stream)
      throw Error(ErrorCode::unwritable, "cannot write " + arguments->out, "a place with room and permission to write");
    file.commit();
    for (const std::string& guess : draft.guesses) session.note(guess);
    session.note("wrote " + arguments->out + "; next: urbiome audit " + arguments->out);
    return kDone;
  });
}

}  // namespace urbiome
