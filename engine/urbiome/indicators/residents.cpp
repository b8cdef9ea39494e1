// Residents of a zone: people of every source spread over cells by exact overlap or by cell centre. Counts are summed,
// never interpolated; areal weighting after Goodchild and Lam (1980), Areal interpolation, Geo-Processing 1:297-312.
#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

struct Residents {
  using Needs = NeedsOf<ZonePeople>;

  static IndicatorSpec spec() {
    return {.id = "residents",
            .title = "Residents",
            .unit = "people",
            .least = 0,
            .most = 1e11,
            .definition =
                "Sum of the population's counts that fall in the zone, counts of polygons and raster cells spread by "
                "covered share.",
            .needs = "population",
            .evidence = Evidence::unverified,
            .source = "areal weighting: Goodchild and Lam 1980",
            .per_group = true,
            .breaks = "all unknown: residents are counted whatever the land cover knows"};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ZonePeople* people = facts.get<ZonePeople>();
    if (people == nullptr) return rows.push_back(row_without_value(Status::no_data, "no population"));
    if (nowhere(facts.landscape().zones[zone])) {
      return rows.push_back(row_without_value(Status::no_data, "the zone has no area"));
    }
    rows.push_back({.value = from_fixed(people->zones[zone].residents), .method = "sum"});
  }
};

}  // namespace

const Indicator& residents_indicator() { return indicator_of<Residents>(); }

}  // namespace urbiome
