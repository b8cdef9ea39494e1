// Standards of access and provision as rows of a table that users can copy and change.
//
// Columns: id; framework and topic as results name them; title; measure: people_within (share of residents within
// distance_m of places of at least min_area_ha) or area_per_person (of such places in the zone); places: green or
// green_blue, with public_ before it where only public ones count; route: straight or street; unit: %, "m2 per person"
// or "ha per 1000 people"; residents (the column may be missing): all, or lowest_income_fifth, of people_within;
// target: the least value that meets the standard, or empty; evidence; source. The shipped table is
// datasets/standards/standards.csv.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/indicators/spec.h"

namespace urbiome {

struct Standard {
  enum class Measure { people_within, area_per_person };
  enum class Route { straight, street };
  enum class Residents { all, lowest_income_fifth };

  std::string id, framework, topic, title;
  Measure measure = Measure::people_within;
  bool only_public = false, blue_too = false;
  double min_area_ha = 0;
  double distance_m = 0;  // of people_within
  Route route = Route::straight;
  Residents residents = Residents::all;
  std::string unit;
  double per_unit = 1;  // what a share, or m2 per person, is multiplied by
  std::optional<double> target;
  Evidence evidence = Evidence::unverified;
  std::string source;
};

// Distance, least size and route, as results name them: 300m_1ha_street.
std::string variant_of(const Standard& standard);

// Cells are text. Error{contradiction}: a missing column, a word that is none of the above, a number out of range, an
// id twice, two rows that results cannot tell apart, naming `file` and the id; no row, or more than 500.
std::vector<Standard> standards_of(const Table& table, const std::string& file);

}  // namespace urbiome
