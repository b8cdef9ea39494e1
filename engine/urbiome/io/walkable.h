// Which ways of a street layer people may walk, by their tags: a table that users can copy and change.
//
// Rows `key,value,walkable` are asked from the top down, and the first that fits decides; what none fits is not
// walkable. A value of * is any, an empty one fits where the key is absent. The shipped table
// (datasets/streets/walkable.csv) takes every OSM highway but motorways, what is not built yet and what tags forbid.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace urbiome {

class WalkableTable {
 public:
  static WalkableTable shipped();
  // Error{unreadable, contradiction}: a missing column, a walkable that is neither yes nor no, with its line.
  static WalkableTable read(const std::string& path);

  // `value_of(key)`: the value of a tag, or empty.
  bool walkable(const std::function<std::string_view(const std::string& key)>& value_of) const;
  std::vector<std::string> keys() const;  // each once, in the order of rows

 private:
  WalkableTable(std::string_view text, const std::string& file);
  struct Row {
    std::string key, value;
    bool walkable;
  };
  std::vector<Row> rows_;
};

}  // namespace urbiome
