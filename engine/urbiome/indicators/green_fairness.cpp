// How evenly green is spread over residents, between the zones of a level. Gini (1912), Variabilita e mutabilita;
// Theil (1967), Economics and Information Theory; Palma (2011), Development and Change 42:87-153, with Cobham and
// Sumner (2013), IARIW; Kakwani, Wagstaff and van Doorslaer (1997), Journal of Econometrics 77:87-103.
#include <fmt/format.h>

#include "urbiome/facts/provision.h"
#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

constexpr std::string_view kLandAndPeople =
    "land cover with a green role, or green_spaces; population; two or more zones";
constexpr std::string_view kBreaks =
    "all unknown: mapped spaces give a number where land cover is unknown (public_green_spaces)";

struct BetweenZones {
  static constexpr bool by_income = false;
  static constexpr std::string_view undefined = "no green in zones with residents";
};

struct Gini : BetweenZones {
  static constexpr auto figure = gini;
  static IndicatorSpec spec() {
    return {.id = "green_per_resident_gini",
            .title = "Gini of green per resident",
            .unit = "index",
            .least = 0,
            .most = 1,
            .definition =
                "Half the mean difference of m2 of green per resident between any two residents / its mean; "
                "everybody of a zone has the zone's mean.",
            .needs = kLandAndPeople,
            .evidence = Evidence::unverified,
            .source = "Gini 1912; Lorenz 1905",
            .per_group = true,
            .breaks = kBreaks};
  }
};

struct Theil : BetweenZones {
  static constexpr auto figure = theil;
  static IndicatorSpec spec() {
    return {.id = "green_per_resident_theil",
            .title = "Theil index of green per resident",
            .unit = "index",
            .least = 0,
            .most = 100,
            .definition = "Mean over residents of r ln r, r = m2 of green per resident of their zone / mean of all.",
            .needs = kLandAndPeople,
            .evidence = Evidence::unverified,
            .source = "Theil 1967",
            .per_group = true,
            .breaks = kBreaks};
  }
};

struct Palma : BetweenZones {
  static constexpr std::string_view undefined = "the worst-served 40 % of residents have no green in their zone";
  static constexpr auto figure = palma_ratio;
  static IndicatorSpec spec() {
    return {.id = "green_per_resident_palma",
            .title = "Palma ratio of green per resident",
            .unit = "ratio",
            .least = 0.25,
            .most = 1e9,
            .definition =
                "Green of the tenth of residents whose zones have most of it / green of the 40 % whose zones "
                "have least; a zone at the cut is split by residents.",
            .needs = kLandAndPeople,
            .evidence = Evidence::unverified,
            .source = "Palma 2011; Cobham and Sumner 2013",
            .per_group = true,
            .breaks = kBreaks};
  }
};

struct Concentration : BetweenZones {
  static constexpr bool by_income = true;
  static constexpr auto figure = concentration_index;
  static IndicatorSpec spec() {
    return {.id = "green_per_resident_concentration",
            .title = "Concentration of green by income",
            .unit = "index",
            .least = -1,
            .most = 1,
            .definition =
                "Gini's sum with zones in the order of their income, poorest first: above 0 residents of "
                "richer zones have more green.",
            .needs = "layers.income; land cover with a green role, or green_spaces; population; two or more zones",
            .evidence = Evidence::unverified,
            .source = "Kakwani, Wagstaff and van Doorslaer 1997",
            .per_group = true,
            .breaks = kBreaks};
  }
};

// One row for each level of zones, on the city's row of the results; a second one where green spaces are mapped.
template <class Figure>
struct GreenFairness {
  using Needs = NeedsOf<ClassAreas, ZonePeople>;

  static IndicatorSpec spec() { return Figure::spec(); }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    if (zone != 0) return;
    const std::vector<std::string> levels = levels_of(facts.landscape());
    if (levels.empty()) rows.push_back(row_without_value(Status::not_applicable, "no zones to compare"));
    for (const std::string& level : levels) {
      for (const Provision provision : kProvisions) {
        if (provision == Provision::green || facts.landscape().has_green_spaces)
          rows.push_back(row_of(facts, level, provision));
      }
    }
  }

 private:
  static IndicatorRow row_of(const FactsFor<Needs>& facts, const std::string& level, Provision provision) {
    LevelProvision zones = provision_of({.landscape = &facts.landscape(),
                                         .areas = facts.template get<ClassAreas>(),
                                         .everybody = facts.everybody(),
                                         .people = facts.template get<ZonePeople>()},
                                        level, provision);
    if (Figure::by_income) zones = ranked_by_income(std::move(zones), facts.landscape());
    const bool green = provision == Provision::green;
    IndicatorRow row;
    row.variant = green ? level : fmt::format("public_green_spaces/{}", level);
    row.status = zones.status;
    row.method = zones.why;
    if (row.status != Status::ok) return row;
    row.value = Figure::figure(zones.units);
    row.valid_share = zones.valid_share();
    row.method = fmt::format("{} / residents, between {} zones{}",
                             green                       ? "green area"
                             : facts.unknown_is_public() ? "green spaces, public or of unknown access,"
                                                         : "public green spaces",
                             zones.units.size(), Figure::by_income ? " in the order of income" : "");
    if (row.value) return row;
    row.status = Status::undefined;
    row.method = Figure::undefined;
    return row;
  }
};

}  // namespace

const Indicator& green_per_resident_gini_indicator() { return indicator_of<GreenFairness<Gini>>(); }
const Indicator& green_per_resident_theil_indicator() { return indicator_of<GreenFairness<Theil>>(); }
const Indicator& green_per_resident_palma_indicator() { return indicator_of<GreenFairness<Palma>>(); }
const Indicator& green_per_resident_concentration_indicator() { return indicator_of<GreenFairness<Concentration>>(); }

}  // namespace urbiome
