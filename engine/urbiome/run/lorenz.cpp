#include "urbiome/run/lorenz.h"

#include "urbiome/facts/provision.h"

namespace urbiome {
namespace {

// Who lives in a zone may be shown for all zones.
bool may_be_shown(const FactStore& store, const LevelProvision& level) {
  for (const ProvidedUnit& unit : level.units) {
    if (unit.people < static_cast<double>(store.min_group_size)) return false;
  }
  return true;
}

}  // namespace

std::vector<LorenzCurve> lorenz_curves(const FactStore& store, const std::string& date) {
  std::vector<LorenzCurve> curves;
  for (const std::string& level : levels_of(*store.landscape)) {
    for (std::size_t population = 0; population < store.people.size(); ++population) {
      for (const Provision provision : kProvisions) {
        const LevelProvision zones = provision_of({.landscape = store.landscape,
                                                   .areas = store.class_areas ? &*store.class_areas : nullptr,
                                                   .everybody = &store.people.front(),
                                                   .people = &store.people[population]},
                                                  level, provision);
        if (zones.status != Status::ok || (population > 0 && !may_be_shown(store, zones))) continue;
        std::vector<LorenzPoint> points = lorenz_curve(zones.units);
        if (points.empty()) continue;
        const char* indicator =
            provision == Provision::green ? "green_per_resident_m2" : "public_green_per_resident_m2";
        curves.push_back({date, level, store.people[population].group, indicator, std::move(points)});
      }
    }
  }
  return curves;
}

Table lorenz_table(const std::vector<LorenzCurve>& curves) {
  const auto text = [](const std::string& word) { return word.empty() ? Cell{} : Cell{word}; };
  Table table;
  table.name = "lorenz";
  table.columns = {"date", "zone_level", "group", "indicator", "people_share", "provision_share"};
  for (const LorenzCurve& curve : curves) {
    for (const LorenzPoint& point : curve.points)
      table.rows.push_back({text(curve.date), text(curve.zone_level), text(curve.group), text(curve.indicator),
                            Cell{point.people_share}, Cell{point.provision_share}});
  }
  return table;
}

}  // namespace urbiome
