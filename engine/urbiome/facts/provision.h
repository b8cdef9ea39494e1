// What residents have, zone by zone: the zones of a level as units of kernel/fairness.h.
//
// A zone's x is what everybody there has on average (ground / all residents of the zone), its P the residents that are
// meant: all of them, or those of a group. Zones without residents, and zones without a classified cell, do not count.
// Zones of one level must not lie over each other: people there would count twice.
//
//   const LevelProvision level = provision_of(facts, "district", Provision::green);
//   if (level.status == Status::ok) gini(level.units);
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/status.h"
#include "urbiome/facts/class_areas.h"
#include "urbiome/facts/people.h"
#include "urbiome/kernel/fairness.h"

namespace urbiome {

// Green cells of the land cover, or mapped green spaces that are public.
enum class Provision { green, public_green_spaces };
inline constexpr std::array kProvisions{Provision::green, Provision::public_green_spaces};

// What is known of one landscape; null: no data for it.
struct ProvisionFacts {
  const Landscape* landscape = nullptr;
  const ClassAreas* areas = nullptr;
  const ZonePeople* everybody = nullptr;
  const ZonePeople* people = nullptr;  // who is meant
};

struct LevelProvision {
  Status status = Status::ok;
  std::string why;                   // of a status that is not ok
  std::vector<ProvidedUnit> units;   // zones that count; rank 0
  std::vector<std::size_t> zones;    // of the landscape, as units
  std::vector<double> known_shares;  // valid shares, as units; 1 where mapped spaces are asked for
  double residents = 0;              // of all zones of the level

  // Of the level's residents, those who live on known ground: zones' valid shares weighted by their residents.
  std::optional<double> valid_share() const;
  void leave(Status now, std::string reason);  // no units any more
};

// The same of anything: `each(zone)` is what everybody there has on average, empty where that is not known.
using ProvisionOfZone = std::function<std::optional<double>(std::size_t zone)>;
LevelProvision provision_of(const ProvisionFacts& facts, std::string_view level, const ProvisionOfZone& each);

LevelProvision provision_of(const ProvisionFacts& facts, std::string_view level, Provision provision);

// The same zones by income, poorest first; zones without income are left out.
LevelProvision ranked_by_income(LevelProvision level, const Landscape& landscape);

}  // namespace urbiome
