// Number, mean size and dominance of patches (NP, AREA_MN, LPI): McGarigal, Cushman and Ene (2012), FRAGSTATS v4; LPI
// as a share, not percent. Patches are cut at the zone's border; diagonal neighbours belong together by default.
#include <fmt/format.h>

#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

enum class Metric { count, mean_area, largest_share };

template <Metric metric>
struct PatchMetric {
  using Needs = NeedsOf<ZonePatches, ClassAreas>;

  static IndicatorSpec spec() {
    IndicatorSpec spec{.id = {},
                       .title = {},
                       .unit = {},
                       .least = 0,
                       .most = 1,
                       .definition = {},
                       .needs = "land cover that tells the patch role",
                       .evidence = Evidence::implementation,
                       .source = "FRAGSTATS 4 (McGarigal et al. 2012): NP, AREA_MN, LPI; 8-neighbour rule"};
    switch (metric) {
      case Metric::count:
        spec.id = "patch_count", spec.title = "Number of patches", spec.unit = "count", spec.most = 1e12;
        spec.definition = "Connected groups of cells of the patch role (green) inside the zone, cut at its border.";
        break;
      case Metric::mean_area:
        spec.id = "patch_area_mean_ha", spec.title = "Mean patch area", spec.unit = "ha", spec.most = 5.2e10;
        spec.definition = "Mean area of the patches inside the zone.";
        break;
      case Metric::largest_share:
        spec.id = "largest_patch_share", spec.title = "Share of the largest patch", spec.unit = "1";
        spec.definition = "Area of the largest patch inside the zone / area of all classified land in the zone.";
        break;
    }
    return spec;
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ZonePatches* patches = facts.get<ZonePatches>();
    const ClassAreas* areas = facts.get<ClassAreas>();
    if (patches == nullptr || areas == nullptr)
      return rows.push_back(row_without_value(Status::no_data, "no land cover that tells the patch role"));
    if (areas->known(zone) == 0) return rows.push_back(row_of_unclassified(*areas, zone));
    const ZonePatches::OfZone& mine = patches->zones[zone];
    IndicatorRow row;
    row.valid_share = valid_share_of(*areas, zone);
    row.method = fmt::format("{} neighbours, role {}, cut at the border", facts.parameters().patch_directions,
                             name_of(facts.parameters().patch_role));
    if constexpr (metric == Metric::count) row.value = static_cast<double>(mine.count);
    if constexpr (metric == Metric::mean_area) {
      if (mine.count > 0)
        row.value = areas->to_m2(mine.area) / 1e4 / static_cast<double>(mine.count);
      else
        row.status = Status::undefined, row.method = "no patch in the zone";
    }
    if constexpr (metric == Metric::largest_share)
      row.value = static_cast<double>(mine.largest) / static_cast<double>(areas->known(zone));
    rows.push_back(row);
  }
};

}  // namespace

const Indicator& patch_count_indicator() { return indicator_of<PatchMetric<Metric::count>>(); }
const Indicator& patch_area_mean_ha_indicator() { return indicator_of<PatchMetric<Metric::mean_area>>(); }
const Indicator& largest_patch_share_indicator() { return indicator_of<PatchMetric<Metric::largest_share>>(); }

}  // namespace urbiome
