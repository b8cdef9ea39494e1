#include "urbiome/io/walkable.h"

#include "street_files.h"
#include "urbiome/io/file_bytes.h"

namespace urbiome {
namespace {

constexpr int kYes = 0;
const TagForm kForm{{{"walkable", {"yes", "no"}}}, {}, "datasets/streets/walkable.csv"};

}  // namespace

WalkableTable WalkableTable::shipped() {
  const EmbeddedFile& file = street_files().front();
  return WalkableTable(TagRules(file.content, std::string(file.path), kForm));
}

WalkableTable WalkableTable::read(const std::string& path) {
  return WalkableTable(TagRules(read_bytes(path), path, kForm));
}

bool WalkableTable::walkable(const ValueOfTag& value_of) const { return rules_.answer(0, value_of) == kYes; }

}  // namespace urbiome
