// Which ways of a street layer people may walk, by their tags: a table that users can copy and change.
//
// Rows `key,value,walkable` (io/tag_rules.h says how they are asked); what none fits is not walkable. The shipped table
// (datasets/streets/walkable.csv) takes every OSM highway but motorways, what is not built yet and what tags forbid.
#pragma once

#include <string>
#include <vector>

#include "urbiome/io/tag_rules.h"

namespace urbiome {

class WalkableTable {
 public:
  static WalkableTable shipped();
  // Error{unreadable, contradiction}: a missing column, a walkable that is neither yes nor no, with its line.
  static WalkableTable read(const std::string& path);

  bool walkable(const ValueOfTag& value_of) const;
  const std::vector<std::string>& keys() const { return rules_.keys(); }  // each once, in the order of rows

 private:
  explicit WalkableTable(TagRules rules) : rules_(std::move(rules)) {}
  TagRules rules_;
};

}  // namespace urbiome
