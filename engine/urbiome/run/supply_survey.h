// What residents reach of mapped green spaces, shared with all who reach them, held against what they need: the table
// [supply] of a recipe, by the floating catchments of kernel/floating_catchment.h.
//
//   SupplySurvey survey(recipe, landscape, crs, streets, executor, audit);
//   facts.with_people = [&](auto populations) { survey.share(populations); };
//   for (ResultRow& row : survey.rows(store, city, date)) ...
//
// Supplies are green spaces joined to places as standards see them (run/listed_places.h), in the city or out of it,
// with their true areas. The residents of the city share them; a resident's way begins at the middle of his cell or at
// his own point. Groups reach what everybody does. Where access to some spaces is unknown, `lower` and `upper` are the
// figures without and with them, by size.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/facts/people_places.h"
#include "urbiome/frameworks/standards.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/kernel/supply_balance.h"
#include "urbiome/run/listed_places.h"
#include "urbiome/run/results.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/supply_rule.h"
#include "urbiome/run/supply_ways.h"

namespace urbiome {

// What the recipe's table asks for. Throws Error{contradiction}: words that are none, numbers that do not go with them.
SupplyRule supply_rule_of(const Recipe& recipe);

// How the rows are titled, as standards are; their framework is that of the rows.
std::vector<Standard> supply_titles(const Recipe& recipe);

class SupplySurvey {
 public:
  // Keeps recipe (which has a table [supply]), landscape, crs and streets; `streets` is null where none are read.
  SupplySurvey(const Recipe& recipe, const Landscape& landscape, const Crs& crs, const StreetNetwork* streets,
               Executor& executor, AuditLog& audit);

  void share(std::span<const Population> populations);
  // City first, then zones; all residents before their groups.
  std::vector<ResultRow> rows(const FactStore& store, const std::string& city, const std::string& date) const;

 private:
  struct Figures {
    std::optional<double> supply, balance;  // for each resident
    double under = 0, over = 0;
  };
  using Answer = std::vector<std::vector<Figures>>;  // by population and zone
  struct Metric;
  static std::span<const Metric> metrics();
  friend std::vector<Standard> supply_titles(const Recipe& recipe);

  SpaceChoice choice(bool unknown_too) const;
  std::vector<double> sharers(const PeoplePlaces& places) const;
  std::vector<double> access(const PeoplePlaces& places, const std::vector<double>& people, const SpaceChoice& choice);
  WayCosts ways(const PeoplePlaces& places, const ListedPlaces& spaces, const SpaceChoice& choice,
                std::vector<double>& amounts);
  void say_what_is_unused(const SupplyAccess& found, const std::vector<double>& amounts);
  Answer sum_up(const PeoplePlaces& places, std::size_t populations, const std::vector<double>& access) const;
  ResultRow row_for(const Metric& metric, const FactStore& store, std::size_t population, std::size_t zone) const;
  std::string method() const;

  const Recipe& recipe_;
  const SupplyInput& input_;
  const Landscape& landscape_;
  const Crs& crs_;
  const StreetNetwork* streets_;
  Executor& executor_;
  AuditLog& audit_;
  SupplyRule asked_;
  CatchmentRule rule_;
  JoinedSpaces spaces_;
  std::string variant_;
  std::vector<Answer> answers_;  // unknown access private, and where there is some, public
};

}  // namespace urbiome
