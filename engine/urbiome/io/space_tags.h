// Which tagged polygons are green spaces, what they are and whose: a table that users can copy and change.
//
// Rows `key,value,space[,role,access]` (io/tag_rules.h says how they are asked): space yes or no; role green or blue;
// access public, private or unknown. What no row calls a space is none. The shipped tables (datasets/green_spaces) are
// tag sets of OpenStreetMap that others publish, each row with its source and evidence.
//
//   const SpaceTags tags = SpaceTags::read("cif_open_space");
//   if (const auto space = tags.space(value_of)) use(space->is_public);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/io/tag_rules.h"
#include "urbiome/raster/legend.h"

namespace urbiome {

struct TaggedSpace {
  std::optional<Role> role;       // green or blue; none: the table does not say
  std::optional<bool> is_public;  // none: unknown
};

class SpaceTags {
 public:
  static std::vector<std::string> shipped();  // names, sorted
  static bool is_shipped(const std::string& name);
  // A shipped name or a csv file. Error{unreadable, contradiction} as of tag_rules.h; rows that contradict each other
  // are refused.
  static SpaceTags read(const std::string& name_or_path);

  std::optional<TaggedSpace> space(const ValueOfTag& value_of) const;  // none: it is no green space
  const std::vector<std::string>& keys() const { return rules_.keys(); }

 private:
  explicit SpaceTags(TagRules rules) : rules_(std::move(rules)) {}
  TagRules rules_;
};

}  // namespace urbiome
