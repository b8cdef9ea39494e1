// Standards of access and provision (frameworks/standards.h) asked of one landscape: from rows of a table to questions
// of who lives near what, and from the answers to rows of results.
//
//   AccessSurvey survey(standards, recipe, landscape, crs, streets, executor, audit);
//   facts.access = survey.questions();  facts.streets = survey.streets();
//   for (ResultRow& row : survey.rows(store, city, date)) ...
//
// Places are mapped green spaces, joined where they touch or overlap; each is as large as it is on the ellipsoid, in
// the city or out of it. A resident counts once for a question, however many places are near. Where access to some is
// unknown, `lower` counts them private and `upper` public. Standards whose data are not there give no row, unless the
// recipe names their framework; then the row says what is missing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/frameworks/standards.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/run/access_map.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/results.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

// The recipe's standards, those of the frameworks that it runs. Error{contradiction}: a framework that is not known.
std::vector<Standard> read_standards(const Recipe& recipe);

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
  // Who is within reach, as results name it, with the question that `value` answers.
  struct PeopleQuestion {
    const Standard* standard;
    std::string variant;
    const AccessQuestion* question;
  };
  std::vector<PeopleQuestion> people_questions() const;
  // The first standard of people along streets, else the first: what the map shows. Empty where there is none.
  std::optional<MappedAccess> mapped() const;
  // City first, then zones; all residents before their groups.
  std::vector<ResultRow> rows(const FactStore& store, const std::string& city, const std::string& date) const;

 private:
  // Which spaces count.
  struct Choice {
    bool only_public, unknown_too, blue_too;
    double min_area_ha;
    auto operator<=>(const Choice&) const = default;
  };
  struct Reached;  // places with their entrances, and the way to them along streets
  struct Asked {
    const Standard* standard;
    std::string missing;       // what is not there; empty: nothing
    std::size_t lower, upper;  // of questions_, or of areas_m2_
  };

  // Places of any size with their areas, and those of a choice that are large enough.
  struct Joined {
    MultiPolygon shapes;
    std::vector<double> areas_m2;
  };
  const Joined& joined(Choice choice);
  MultiPolygon places(const Choice& choice);
  Asked ask(const Standard& standard);
  std::size_t question(const Standard& standard, const Choice& choice);
  std::size_t areas(const Choice& choice);
  const StreetReach* reach(const Choice& choice);
  std::vector<Place> places_in_plane(const MultiPolygon& shapes) const;
  void read_gates();
  Gates gates_of(const MultiPolygon& shapes) const;
  double farthest_by_street(const Choice& choice) const;
  ResultRow row_for(const Asked& asked, const FactStore& store, std::size_t population, std::size_t zone) const;
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
  std::map<Choice, Joined> joined_;  // min_area_ha 0
  std::map<Choice, std::unique_ptr<Reached>> reached_;
  std::map<Choice, std::size_t> areas_of_;
  Gates gates_;                      // of all layers that have some; of_place is empty
  std::vector<Point> behind_gates_;  // a point of each space of these layers
  std::vector<AccessQuestion> questions_;
  std::vector<std::vector<double>> areas_m2_;  // by zone
  StreetsNearby nearby_;
  std::vector<Asked> asked_;
};

}  // namespace urbiome
