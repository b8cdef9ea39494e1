#include "urbiome/facts/provision.h"

#include <algorithm>

namespace urbiome {
namespace {

// Why there is nothing to compare whatever the zones hold; empty otherwise.
std::string missing_data(const ProvisionFacts& facts, Provision provision) {
  if (provision == Provision::green && (facts.areas == nullptr || !facts.landscape->knowable.has(Role::green)))
    return "no land cover that tells green";
  if (provision == Provision::public_green_spaces && facts.landscape->public_green_m2.empty()) return "no green_spaces";
  return facts.everybody == nullptr || facts.people == nullptr ? "no population" : "";
}

double valid_share_of_zone(const ClassAreas& areas, std::size_t zone) {
  const Int128 total = areas.total(zone);
  return total <= 0 ? 0 : static_cast<double>(areas.known(zone)) / static_cast<double>(total);
}

void need_two_inhabited(LevelProvision& level) {
  const auto inhabited = std::ranges::count_if(level.units, [](const ProvidedUnit& unit) { return unit.people > 0; });
  if (inhabited < 2) level.leave(Status::not_applicable, "fewer than two zones with residents to compare");
}

}  // namespace

std::optional<double> LevelProvision::valid_share() const {
  if (residents <= 0) return std::nullopt;
  double known = 0;
  for (std::size_t i = 0; i < units.size(); ++i) known += units[i].people * known_shares[i];
  return std::min(known / residents, 1.0);
}

void LevelProvision::leave(Status now, std::string reason) {
  status = now;
  why = std::move(reason);
  units.clear();
  zones.clear();
  known_shares.clear();
}

LevelProvision provision_of(const ProvisionFacts& facts, std::string_view level, const ProvisionOfZone& each) {
  LevelProvision found;
  const Landscape& landscape = *facts.landscape;
  std::size_t zones = 0;
  for (std::size_t zone = 0; zone < landscape.zones.size(); ++zone) {
    if (landscape.zones[zone].level != level) continue;
    ++zones;
    if (facts.everybody->zones[zone].residents == 0) continue;
    const double people = from_fixed(facts.people->zones[zone].residents);
    found.residents += people;
    const std::optional<double> has = each(zone);
    if (!has) continue;
    found.units.push_back({*has, people});
    found.zones.push_back(zone);
    found.known_shares.push_back(1);
  }
  const auto& overlapping = landscape.overlapping_levels;
  if (zones < 2)
    found.leave(Status::not_applicable, "one zone: nothing to compare");
  else if (std::ranges::find(overlapping, level) != overlapping.end())
    found.leave(Status::not_applicable, "zones of the level overlap: people there would count twice");
  else if (found.residents == 0)
    found.leave(Status::undefined, "nobody lives in the zones");
  else if (found.units.empty())
    found.leave(Status::no_data, "no classified cell in zones with residents");
  else
    need_two_inhabited(found);
  return found;
}

LevelProvision provision_of(const ProvisionFacts& facts, std::string_view level, Provision provision) {
  const std::string missing = missing_data(facts, provision);
  if (!missing.empty()) {
    LevelProvision nothing;
    nothing.leave(Status::no_data, missing);
    return nothing;
  }
  const bool green = provision == Provision::green;
  LevelProvision found = provision_of(facts, level, [&](std::size_t zone) -> std::optional<double> {
    if (green && facts.areas->known(zone) == 0) return std::nullopt;
    const double ground_m2 =
        green ? facts.areas->to_m2(facts.areas->of_role(zone, Role::green)) : facts.landscape->public_green_m2[zone];
    return ground_m2 / from_fixed(facts.everybody->zones[zone].residents);
  });
  for (std::size_t i = 0; green && i < found.zones.size(); ++i)
    found.known_shares[i] = valid_share_of_zone(*facts.areas, found.zones[i]);
  return found;
}

LevelProvision ranked_by_income(LevelProvision level, const Landscape& landscape) {
  if (level.status != Status::ok) return level;
  if (landscape.zone_income.empty()) {
    level.leave(Status::no_data, "no layer of income");
    return level;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < level.units.size(); ++i) {
    const std::optional<double>& income = landscape.zone_income[level.zones[i]];
    if (!income) continue;
    level.units[kept] = level.units[i];
    level.units[kept].rank = *income;
    level.zones[kept] = level.zones[i];
    level.known_shares[kept++] = level.known_shares[i];
  }
  level.units.resize(kept);
  level.zones.resize(kept);
  level.known_shares.resize(kept);
  if (kept == 0)
    level.leave(Status::no_data, "no income in zones with residents");
  else
    need_two_inhabited(level);
  return level;
}

}  // namespace urbiome
