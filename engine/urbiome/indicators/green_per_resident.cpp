// Green area per resident, as in UN-Habitat's table of green area per capita (Urban Indicators Database).
#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

struct GreenPerResident {
  using Needs = NeedsOf<ClassAreas, ZonePeople>;

  static IndicatorSpec spec() {
    return {.id = "green_per_resident_m2",
            .title = "Green area per resident",
            .unit = "m2 per person",
            .least = 0,
            .most = 1e13,
            .definition = "Area of green classes in the zone / residents of the zone.",
            .needs = "land cover with a green role; population",
            .evidence = Evidence::unverified,
            .source = "UN-Habitat Urban Indicators Database, green area per capita"};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ClassAreas* areas = facts.get<ClassAreas>();
    const ZonePeople* people = facts.get<ZonePeople>();
    if (areas == nullptr || !facts.knows(Role::green))
      return rows.push_back(row_without_value(Status::no_data, "no land cover that tells green"));
    if (people == nullptr) return rows.push_back(row_without_value(Status::no_data, "no population"));
    if (areas->known(zone) == 0) return rows.push_back(row_of_unclassified(*areas, zone));
    const Int128 residents = people->zones[zone].residents;
    if (residents == 0) {
      IndicatorRow row = row_without_value(Status::undefined, "nobody lives in the zone");
      row.valid_share = valid_share_of(*areas, zone);
      return rows.push_back(row);
    }
    rows.push_back({.value = areas->to_m2(areas->of_role(zone, Role::green)) / from_fixed(residents),
                    .valid_share = valid_share_of(*areas, zone),
                    .method = "green area / residents"});
  }
};

}  // namespace

const Indicator& green_per_resident_m2_indicator() { return indicator_of<GreenPerResident>(); }

}  // namespace urbiome
