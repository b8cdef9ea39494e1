// Standards of access and provision as rows of a table that users can copy and change.
//
// Columns: id; framework and topic as results name them; title; measure, one of
//   people_within      share of residents within distance_m of places of at least min_area_ha
//   trees_in_view      share of residents with at_least trees or more within distance_m
//   canopy_around      share of residents with at_least percent of tree canopy or more within distance_m
//   all_of             share of residents for whom all standards that `of` names by id, with spaces between, hold
//   area_per_person    area of such places in the zone for each resident
//   residential_land_within   share of residential land within distance_m of such places, in a straight line
// places: green or green_blue, with public_ before it where only public ones count; route: straight or street; unit: %,
// "m2 per person" or "ha per 1000 people"; target: the least value that meets the standard, or empty; evidence; source.
// Columns that may be missing: residents: all, or lowest_income_fifth, of people_within; at_least; of. The shipped
// table is datasets/standards/standards.csv.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/indicators/spec.h"

namespace urbiome {

struct Standard {
  enum class Measure { people_within, trees_in_view, canopy_around, all_of, area_per_person, residential_land_within };
  enum class Route { straight, street };
  enum class Residents { all, lowest_income_fifth };

  std::string id, framework, topic, title;
  Measure measure = Measure::people_within;
  bool only_public = false, blue_too = false;
  double min_area_ha = 0;
  double distance_m = 0;  // of people_within, trees_in_view and canopy_around
  double at_least = 0;    // trees, or percent of canopy
  std::vector<std::string> of;
  Route route = Route::straight;
  Residents residents = Residents::all;

  // Shares of residents: they have rows for groups.
  bool counts_people() const {
    return measure != Measure::area_per_person && measure != Measure::residential_land_within;
  }
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
