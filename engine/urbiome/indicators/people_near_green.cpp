// Share of residents who live near green space: 300 m and 1 ha after WHO Regional Office for Europe (2016), Urban green
// spaces and health, and IUCN (2023), Urban Nature Indexes, topic 5.2; straight line, whole patches, <=.
#include <array>

#include <fmt/format.h>

#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

struct PeopleNearGreen {
  using Needs = NeedsOf<ZonePeople>;
  static constexpr std::array more_needs = {FactId::near_green};

  static IndicatorSpec spec() {
    return {.id = "people_near_green_share",
            .title = "Residents near green space",
            .unit = "1",
            .least = 0,
            .most = 1,
            .definition =
                "Residents within the distance (300 m, straight line) of a green space of at least the least size (1 "
                "ha, the whole patch, also "
                "outside the zone) / residents. Measure edge: from the resident's point or cell centre to the nearest "
                "side; centre: to "
                "the nearest cell centre.",
            .needs = "population; green_spaces or land cover with a green role (near_source)",
            .evidence = Evidence::unverified,
            .source = "WHO Europe 2016; IUCN Urban Nature Indexes 2023, topic 5.2",
            .per_group = true,
            .breaks = "all unknown: mapped green spaces give a number where land cover is unknown"};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const FactParameters& p = facts.parameters();
    IndicatorRow row;
    row.variant =
        fmt::format("{:g}m_{:g}ha_{}", p.near_distance_m, p.min_green_area_m2 / 1e4, p.near_edge ? "edge" : "centre");
    row.method = fmt::format("straight line from {}", p.near_from_land_cover && p.near_from_spaces
                                                          ? "green spaces and land cover"
                                                      : p.near_from_spaces ? "green spaces"
                                                                           : "land cover");
    const ZonePeople* people = facts.get<ZonePeople>();
    if (people == nullptr || !people->has_near) {
      row.status = Status::no_data;
      row.method = people == nullptr ? "no population" : "no green of the kind near_source asks for";
      return rows.push_back(row);
    }
    if (nowhere(facts.landscape().zones[zone])) {
      row.status = Status::no_data;
      row.method = "the zone has no area";
      return rows.push_back(row);
    }
    const ZonePeople::OfZone& mine = people->zones[zone];
    if (mine.residents == 0) {
      row.status = Status::undefined;
      row.method = "nobody lives in the zone";
      return rows.push_back(row);
    }
    row.valid_share = static_cast<double>(mine.on_known_cells) / static_cast<double>(mine.residents);
    if (p.near_from_land_cover && mine.on_known_cells == 0 && mine.near_green == 0) {
      row.status = Status::no_data;
      row.method = "no classified cell where residents live";
      return rows.push_back(row);
    }
    row.value = static_cast<double>(mine.near_green) / static_cast<double>(mine.residents);
    rows.push_back(row);
  }
};

}  // namespace

const Indicator& people_near_green_share_indicator() { return indicator_of<PeopleNearGreen>(); }

}  // namespace urbiome
