// How an indicator is made: a spec, the facts it needs as a type, and a function from facts to rows.
//
//   struct GreenShare {
//     using Needs = NeedsOf<ClassAreas>;             // asking for any other fact does not compile
//     static IndicatorSpec spec();
//     static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows);
//   };
//   const Indicator& green_share_indicator() { return indicator_of<GreenShare>(); }
//
// An indicator whose data are not there gives a row with a status, never a number.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "urbiome/base/status.h"
#include "urbiome/facts/class_areas.h"
#include "urbiome/facts/fact.h"
#include "urbiome/facts/patches.h"
#include "urbiome/facts/people.h"
#include "urbiome/indicators/spec.h"

namespace urbiome {

struct IndicatorRow {
  std::string variant, class_code;
  std::optional<double> value, lower, upper, valid_share;
  Status status = Status::ok;
  std::string method;
};
using IndicatorRows = std::vector<IndicatorRow>;

// What is known of one landscape; a fact that could not be computed for want of data is null.
struct FactStore {
  const Landscape* landscape = nullptr;
  FactParameters parameters;
  bool unknown_is_public = false;
  std::int64_t min_group_size = 0;  // groups with fewer people in a zone are not shown there
  std::optional<ClassAreas> class_areas;
  std::optional<ZonePatches> zone_patches;
  std::optional<Mesh> mesh;
  std::vector<ZonePeople> people;  // all residents, then each group; empty: no population
};

template <class... Facts>
struct NeedsOf {};

template <class Needs>
class FactsFor;

template <class... Facts>
class FactsFor<NeedsOf<Facts...>> {
 public:
  // `population`: which of FactStore::people is meant.
  FactsFor(const FactStore& store, std::size_t population) : store_(store), population_(population) {}

  template <class Fact>
  const Fact* get() const {  // nullptr: no data for it
    static_assert((std::is_same_v<Fact, Facts> || ...), "the indicator does not declare this need");
    if constexpr (std::is_same_v<Fact, ClassAreas>) return pointer(store_.class_areas);
    if constexpr (std::is_same_v<Fact, ZonePatches>) return pointer(store_.zone_patches);
    if constexpr (std::is_same_v<Fact, Mesh>) return pointer(store_.mesh);
    if constexpr (std::is_same_v<Fact, ZonePeople>)
      return store_.people.empty() ? nullptr : &store_.people[population_];
  }
  // All residents, also where a group of them is meant.
  const ZonePeople* everybody() const {
    static_assert((std::is_same_v<ZonePeople, Facts> || ...), "the indicator does not declare this need");
    return store_.people.empty() ? nullptr : &store_.people.front();
  }
  const Landscape& landscape() const { return *store_.landscape; }
  const FactParameters& parameters() const { return store_.parameters; }
  bool unknown_is_public() const { return store_.unknown_is_public; }
  bool knows(Role role) const { return store_.landscape->knowable.has(role); }

 private:
  template <class T>
  static const T* pointer(const std::optional<T>& fact) {
    return fact ? &*fact : nullptr;
  }
  const FactStore& store_;
  std::size_t population_;
};

template <class Fact>
struct FactIdOf;
template <>
struct FactIdOf<ClassAreas> {
  static constexpr FactId value = FactId::class_areas;
};
template <>
struct FactIdOf<ZonePatches> {
  static constexpr FactId value = FactId::zone_patches;
};
template <>
struct FactIdOf<Mesh> {
  static constexpr FactId value = FactId::mesh;
};
template <>
struct FactIdOf<ZonePeople> {
  static constexpr FactId value = FactId::people;
};

struct Indicator {
  IndicatorSpec spec;
  std::vector<FactId> needs;
  // For the residents of FactStore::people[population], where it is about residents.
  std::function<void(const FactStore&, std::size_t population, std::size_t zone, IndicatorRows&)> evaluate;
};

template <class... Facts>
std::vector<FactId> fact_ids(NeedsOf<Facts...>) {
  return {FactIdOf<Facts>::value...};
}

template <class T>
const Indicator& indicator_of() {
  static const Indicator indicator{
      T::spec(),
      [] {
        std::vector<FactId> ids = fact_ids(typename T::Needs{});
        if constexpr (requires { T::more_needs; }) ids.insert(ids.end(), T::more_needs.begin(), T::more_needs.end());
        return ids;
      }(),
      [](const FactStore& store, std::size_t population, std::size_t zone, IndicatorRows& rows) {
        T::evaluate(FactsFor<typename T::Needs>(store, population), zone, rows);
      }};
  return indicator;
}

// True when the zone has neither a polygon nor cells: nothing can be said of anybody there.
bool nowhere(const Zone& zone);
// Rows that several indicators share.
IndicatorRow row_without_value(Status status, std::string method);
// known area / zone area of the zone; empty when the zone has no area.
std::optional<double> valid_share_of(const ClassAreas& areas, std::size_t zone);
// The row of a zone in which no cell is classified: no_data with its valid share.
IndicatorRow row_of_unclassified(const ClassAreas& areas, std::size_t zone);

}  // namespace urbiome
