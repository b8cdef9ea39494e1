// Population-weighted exposure to green: Chen et al. (2022), Contrasting inequality in human exposure to greenspace
// between cities of Global North and Global South, Nature Communications 13:4636; radius 300 m as in IUCN (2023), Urban
// Nature Indexes, topic 5.1.
#include <array>

#include <fmt/format.h>

#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

struct PeopleWeightedGreen {
  using Needs = NeedsOf<ZonePeople>;
  static constexpr std::array more_needs = {FactId::green_around};

  static IndicatorSpec spec() {
    return {.id = "people_weighted_green_share",
            .title = "Green around residents",
            .unit = "1",
            .least = 0,
            .most = 1,
            .definition =
                "Mean over residents of the share of green among the classified cells whose centre lies within the "
                "radius (300 m) of "
                "the centre of the resident's cell.",
            .needs = "population; land cover with a green role",
            .evidence = Evidence::unverified,
            .source = "Chen et al. 2022, Nature Communications 13:4636; IUCN Urban Nature Indexes 2023, topic 5.1",
            .per_group = true};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    IndicatorRow row;
    row.variant = fmt::format("{:g}m", facts.parameters().exposure_radius_m);
    row.method = "disc of cell centres, counted by cells";
    const ZonePeople* people = facts.get<ZonePeople>();
    if (people == nullptr || !people->has_around) {
      row.status = Status::no_data;
      row.method = people == nullptr ? "no population" : "no land cover that tells green";
      return rows.push_back(row);
    }
    if (nowhere(facts.landscape().zones[zone])) {
      row.status = Status::no_data;
      row.method = "the zone has no area";
      return rows.push_back(row);
    }
    const ZonePeople::OfZone& mine = people->zones[zone];
    if (mine.with_surroundings == 0) {
      row.status = mine.residents == 0 ? Status::undefined : Status::no_data;
      row.method = mine.residents == 0 ? "nobody lives in the zone" : "no classified cell around anybody";
      return rows.push_back(row);
    }
    row.value = static_cast<double>(mine.green_around) / static_cast<double>(mine.with_surroundings);
    row.valid_share = static_cast<double>(mine.with_surroundings) / static_cast<double>(mine.residents);
    rows.push_back(row);
  }
};

}  // namespace

const Indicator& people_weighted_green_share_indicator() { return indicator_of<PeopleWeightedGreen>(); }

}  // namespace urbiome
