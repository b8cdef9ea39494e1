// Standards of access and provision (frameworks/standards.h) asked of one landscape: from rows of a table to questions
// of who lives near what, and from the answers to rows of results.
//
//   AccessSurvey survey(standards, recipe, landscape, crs, streets, executor, audit);
//   facts.access = survey.questions();  facts.streets = survey.streets();
//   for (ResultRow& row : survey.rows(store, city, date)) ...
//
// Places are mapped green spaces, joined (run/listed_places.h), in the city or out of it. A resident counts once for a
// question, however many places are near. Where access to some is unknown, `lower` counts them private and `upper`
// public. Standards whose data are not there give no row, unless the recipe names their framework; then the row says
// what is missing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/frameworks/standards.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/listed_places.h"
#include "urbiome/run/results.h"
#include "urbiome/run/space_gates.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

// The recipe's standards, those of the frameworks that it runs; a framework without any is a warning.
// Error{contradiction}: a framework that is not known.
std::vector<Standard> read_standards(const Recipe& recipe, AuditLog& audit);

class AccessSurvey {
 public:
  // Keeps landscape and streets; `streets` is null where the recipe names none.
  AccessSurvey(const std::vector<Standard>& standards, const Recipe& recipe, const Landscape& landscape, const Crs& crs,
               const StreetNetwork* streets, Executor& executor, AuditLog& audit);
  AccessSurvey(const AccessSurvey&) = delete;
  AccessSurvey& operator=(const AccessSurvey&) = delete;
  ~AccessSurvey();

  std::span<const AccessQuestion> questions() const { return questions_; }
  const StreetsNearby* streets() const { return streets_ == nullptr ? nullptr : &nearby_; }
  // City first, then zones; all residents before their groups.
  std::vector<ResultRow> rows(const FactStore& store, const std::string& city, const std::string& date) const;

 private:
  struct Reached;  // places with their entrances, and the way to them along streets
  struct Asked {
    const Standard* standard;
    std::string missing;       // what is not there; empty: nothing
    std::size_t lower, upper;  // of questions_, or of areas_m2_
  };

  Asked ask(const Standard& standard);
  std::size_t question(const Standard& standard, const SpaceChoice& choice);
  std::size_t areas(const SpaceChoice& choice);
  const StreetReach* reach(const SpaceChoice& choice);
  std::vector<Place> places_in_plane(const ListedPlaces& places) const;
  double farthest_by_street(const SpaceChoice& choice) const;
  // A row of the city's for each level of zones.
  std::vector<ResultRow> rows_of_lowest_fifth(const Asked& asked, const FactStore& store) const;
  ResultRow row_for(const Asked& asked, const FactStore& store, std::size_t population, std::size_t zone) const;
  ResultRow row_without_value(const Asked& asked) const;
  // By the value of each answer: the one that counts, and the bounds where there are some.
  template <class ValueOf>
  void put_values(const Asked& asked, const ValueOf& value_of, ResultRow& row) const;
  std::optional<double> value_of(const Asked& asked, std::size_t answer, const FactStore& store, std::size_t population,
                                 std::size_t zone) const;

  const std::vector<Standard>& standards_;
  const Recipe& recipe_;
  const Landscape& landscape_;
  const Crs& crs_;
  const StreetNetwork* streets_;
  Executor& executor_;
  AuditLog& audit_;
  bool has_unknown_ = false;
  JoinedSpaces places_;
  std::optional<SpaceGates> gates_;  // where ways lead along streets
  std::map<SpaceChoice, std::unique_ptr<Reached>> reached_;
  std::map<SpaceChoice, std::size_t> areas_of_;
  std::vector<AccessQuestion> questions_;
  std::vector<std::vector<double>> areas_m2_;  // by zone
  StreetsNearby nearby_;
  std::vector<Asked> asked_;
};

}  // namespace urbiome
