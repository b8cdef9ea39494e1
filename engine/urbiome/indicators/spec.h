// What an indicator says about itself: the one place for its title, unit, range, evidence and source.
#pragma once

#include <string_view>

namespace urbiome {

enum class Evidence { official, implementation, unverified };
std::string_view name_of(Evidence evidence);

struct IndicatorSpec {
  std::string_view id;          // stable: "green_share"
  std::string_view title;       // "Green share"
  std::string_view unit;        // "1" for shares, "ha", "m2", "people", "count", "m2 per person", "index", "ratio"
  double least, most;           // range of a valid value
  std::string_view definition;  // one or two sentences with the formula in words
  std::string_view needs;       // data in words: "land cover with a green role"
  Evidence evidence;
  std::string_view source;  // paper or standard
  bool per_class = false;   // a row for each class
  bool per_group = false;   // a row for each group of residents too
  std::string_view breaks;  // a property of the catalogue test that it breaks, and why; empty: none
};

}  // namespace urbiome
