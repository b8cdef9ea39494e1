// Area of each land-cover class. Cell areas on the ellipsoid: Snyder (1987), Map Projections - A Working Manual,
// USGS Professional Paper 1395, section 3; zone borders by exact covered shares.
#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

struct ClassArea {
  using Needs = NeedsOf<ClassAreas>;

  static IndicatorSpec spec() {
    return {.id = "class_area_m2",
            .title = "Area by land-cover class",
            .unit = "m2",
            .least = 0,
            .most = 5.2e14,
            .definition =
                "True area on the ellipsoid of the cells of each class inside the zone, cells at the border by their "
                "covered "
                "share. The row of class `total` is the sum of the classes; nodata and unknown cells are in none.",
            .needs = "land cover",
            .evidence = Evidence::unverified,
            .source = "Snyder 1987, USGS Professional Paper 1395, section 3 (areas on the ellipsoid)",
            .per_class = true};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ClassAreas* areas = facts.get<ClassAreas>();
    if (areas == nullptr) return rows.push_back(row_without_value(Status::no_data, "no land cover"));
    // An absent class has 0; where nothing is classified no class is known to be absent.
    const bool known = areas->known(zone) > 0;
    const auto add = [&](const std::string& code, Int128 area) {
      IndicatorRow row = row_of_unclassified(*areas, zone);
      if (known) row.status = Status::ok, row.method = "ellipsoidal", row.value = areas->to_m2(area);
      row.class_code = code;
      rows.push_back(row);
    };
    for (std::size_t i = 0; i < areas->classes.size(); ++i) {
      if (areas->classes[i].missing == Missing::no) add(areas->classes[i].code, areas->at(zone, i));
    }
    add("total", areas->known(zone));
  }
};

}  // namespace

const Indicator& class_area_m2_indicator() { return indicator_of<ClassArea>(); }

}  // namespace urbiome
