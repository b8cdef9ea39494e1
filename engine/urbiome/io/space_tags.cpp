#include "urbiome/io/space_tags.h"

#include "space_tag_files.h"
#include "urbiome/io/file_bytes.h"

namespace urbiome {
namespace {

const std::string kFolder = "green_spaces/", kEnd = ".csv";
enum Question : std::size_t { space_or_not, role, access };
enum SpaceAnswer { yes, no };
enum RoleAnswer { green, blue };
enum AccessAnswer { open, closed, unknown };
const TagForm kForm{
    {{"space", {"yes", "no"}}, {"role", {"green", "blue"}}, {"access", {"public", "private", "unknown"}}},
    {"evidence", "source"},
    "datasets/green_spaces/cif_open_space.csv"};

const EmbeddedFile* shipped_file(const std::string& name) {
  return find_embedded(space_tag_files(), kFolder + name + kEnd);
}

}  // namespace

std::vector<std::string> SpaceTags::shipped() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : space_tag_files())
    names.emplace_back(file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kEnd.size()));
  return names;
}

bool SpaceTags::is_shipped(const std::string& name) { return shipped_file(name) != nullptr; }

SpaceTags SpaceTags::read(const std::string& name_or_path) {
  const EmbeddedFile* file = shipped_file(name_or_path);
  TagRules rules = file != nullptr ? TagRules(file->content, name_or_path + kEnd, kForm)
                                   : TagRules(read_bytes(name_or_path), name_or_path, kForm);
  rules.refuse_contradictions();
  return SpaceTags(std::move(rules));
}

std::optional<TaggedSpace> SpaceTags::space(const ValueOfTag& value_of) const {
  if (rules_.answer(Question::space_or_not, value_of) != SpaceAnswer::yes) return {};
  TaggedSpace found;
  const int is = rules_.answer(Question::role, value_of), may = rules_.answer(Question::access, value_of);
  if (is != TagRules::kOpen) found.role = is == RoleAnswer::green ? Role::green : Role::blue;
  if (may == AccessAnswer::open || may == AccessAnswer::closed) found.is_public = may == AccessAnswer::open;
  return found;
}

}  // namespace urbiome
