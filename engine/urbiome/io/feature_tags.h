// The tags of a feature of a vector layer: columns that are named as keys, and what GDAL puts into `other_tags`.
//
//   const std::vector<std::string> columns = tag_columns({"leisure", "access"});
//   const FeatureTags tags(columns, feature.attributes);   // read with these columns first
//   tags.value("access");
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/table.h"

namespace urbiome {

// The columns that may hold tags with these keys: the keys themselves, `other_tags` and `all_tags`.
std::vector<std::string> tag_columns(const std::vector<std::string>& keys);

// What such a text holds: "leisure"=>"park","access"=>"no" (PostgreSQL's hstore, as GDAL writes it), or a JSON object.
// Of a text that breaks off, or is neither, what can be read up to there.
std::map<std::string, std::string> tags_of_text(const std::string& text);

class FeatureTags {
 public:
  // `cells`: those of `columns`, which is kept by reference.
  FeatureTags(const std::vector<std::string>& columns, std::span<const Cell> cells);
  // Empty where the feature lacks the tag. A column with a value goes before the text of tags.
  std::string_view value(const std::string& key) const;

 private:
  std::map<std::string, std::string> tags_;
};

}  // namespace urbiome
