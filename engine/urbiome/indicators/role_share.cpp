// Share of the known land of a zone that plays a role: green, blue, natural, vegetated, built, canopy. Natural area share as in
// Chan et al. (2021), Handbook on the Singapore Index on Cities' Biodiversity, CBD Technical Series 98, indicator 1;
// roles of classes come from the legend.
#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

template <Role role>
struct RoleShare {
  using Needs = NeedsOf<ClassAreas>;

  static IndicatorSpec spec() {
    IndicatorSpec spec{
        .id = {},
        .title = {},
        .unit = "1",
        .least = 0,
        .most = 1,
        .definition = {},
        .needs = "land cover whose legend tells the role",
        .evidence = Evidence::unverified,
        .source = "roles of classes: datasets/legends; area share after CBD Technical Series 98, indicator 1"};
    switch (role) {
      case Role::green:
        spec.id = "green_share", spec.title = "Green share";
        spec.definition = "Area of green classes / area of all classified land in the zone.";
        break;
      case Role::blue:
        spec.id = "blue_share", spec.title = "Blue share";
        spec.definition = "Area of blue classes (water) / area of all classified land in the zone.";
        break;
      case Role::natural:
        spec.id = "natural_share", spec.title = "Natural share";
        spec.definition =
            "Area of natural classes / area of all classified land in the zone; water counts only with "
            "water_is_natural.";
        break;
      case Role::vegetated:
        spec.id = "vegetated_share", spec.title = "Vegetated share";
        spec.definition =
            "Area of classes with any plant cover, crops included / area of all classified land in the zone.";
        break;
      case Role::built:
        spec.id = "built_share", spec.title = "Built-up share";
        spec.definition = "Area of built-up classes / area of all classified land in the zone.";
        break;
      case Role::canopy:
        spec.id = "canopy_share", spec.title = "Tree canopy share";
        spec.definition = "Area of classes of trees / area of all classified land in the zone.";
        break;
    }
    return spec;
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ClassAreas* areas = facts.get<ClassAreas>();
    if (areas == nullptr) return rows.push_back(row_without_value(Status::no_data, "no land cover"));
    if (areas->total(zone) == 0) return rows.push_back(row_without_value(Status::no_data, "the zone covers no cell"));
    if (!facts.knows(role))
      return rows.push_back(row_without_value(Status::no_data, "no land cover that tells this role"));
    const Int128 known = areas->known(zone);
    if (known == 0) return rows.push_back(row_of_unclassified(*areas, zone));
    rows.push_back({.value = static_cast<double>(areas->of_role(zone, role)) / static_cast<double>(known),
                    .valid_share = valid_share_of(*areas, zone),
                    .method = "share of classified area"});
  }
};

}  // namespace

const Indicator& green_share_indicator() { return indicator_of<RoleShare<Role::green>>(); }
const Indicator& blue_share_indicator() { return indicator_of<RoleShare<Role::blue>>(); }
const Indicator& natural_share_indicator() { return indicator_of<RoleShare<Role::natural>>(); }
const Indicator& vegetated_share_indicator() { return indicator_of<RoleShare<Role::vegetated>>(); }
const Indicator& built_share_indicator() { return indicator_of<RoleShare<Role::built>>(); }
const Indicator& canopy_share_indicator() { return indicator_of<RoleShare<Role::canopy>>(); }

}  // namespace urbiome
