// Share of a city's built-up area that is green or blue space for public use: headline 12.1 of the Kunming-Montreal
// Global Biodiversity Framework (CBD decision 16/31, metadata adapted from SDG 11.7.1). Variant `cif` follows
// wri/cities-cif, metric urban_open_space.
#include <algorithm>

#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

enum class Extent { admin, built_cells_only };

std::string_view name_of(Extent extent) { return extent == Extent::admin ? "admin" : "built_cells_only"; }

struct PublicGreenBlueShare {
  using Needs = NeedsOf<ClassAreas>;

  static IndicatorSpec spec() {
    return {.id = "public_green_blue_share",
            .title = "Public green or blue share",
            .unit = "1",
            .least = 0,
            .most = 1,
            .definition =
                "Area of the union of public green and blue spaces inside the extent / area of the extent. Extent "
                "admin is the whole "
                "zone, built_cells_only its built-up cells. Unknown access counts as private (lower bound) and public "
                "(upper bound); "
                "green or blue cells outside every mapped space have unknown access. all_green_blue counts any "
                "ownership; cif is "
                "every mapped green space on built-up cells.",
            .needs = "green_spaces with public or private conditions, or tags; land cover",
            .evidence = Evidence::unverified,
            .source = "CBD Target 12, headline indicator 12.1; wri/cities-cif urban_open_space.py for cif",
            .breaks = "all unknown: mapped spaces give a number where land cover is unknown (extent admin)"};
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    const ClassAreas* areas = facts.get<ClassAreas>();
    for (const Extent extent : {Extent::admin, Extent::built_cells_only}) {
      public_share(facts, areas, zone, extent, rows);
      all_share(facts, areas, zone, extent, rows);
    }
    cif_share(facts, areas, zone, rows);
  }

 private:
  static bool counts(const ClassAreas& areas, std::size_t i, Extent extent) {
    const LegendClass& entry = areas.classes[i];
    return extent == Extent::admin || (entry.missing == Missing::no && entry.roles.has(Role::built));
  }
  // Green or blue cells; classes of nothing known are not.
  static bool green_or_blue(const LegendClass& entry) {
    return entry.missing == Missing::no && (entry.roles.has(Role::green) || entry.roles.has(Role::blue));
  }

  // Where they cannot, cells alone say 0 of built-up ground, wherever it lies.
  static bool built_can_be_green_or_blue(const ClassAreas& areas) {
    return std::any_of(areas.classes.begin(), areas.classes.end(),
                       [](const LegendClass& entry) { return green_or_blue(entry) && entry.roles.has(Role::built); });
  }

  struct Parts {
    Int128 extent = 0, known_public = 0, possibly_public = 0, all = 0, all_green = 0, outside_spaces = 0;
  };

  static Parts parts_of(const ClassAreas& areas, std::size_t zone, Extent extent) {
    Parts parts;
    for (std::size_t i = 0; i < areas.classes.size(); ++i) {
      if (!counts(areas, i, extent)) continue;
      const Int128 whole = areas.at(zone, i);
      parts.extent += whole;
      Int128 mapped = 0;
      if (areas.with_spaces) {
        mapped = areas.under(SpaceSet::all, zone, i);
        parts.known_public += areas.under(SpaceSet::public_only, zone, i);
        parts.possibly_public += areas.under(SpaceSet::public_or_unknown, zone, i);
        parts.all += mapped;
        parts.all_green += areas.under(SpaceSet::all_green, zone, i);
      }
      if (green_or_blue(areas.classes[i])) parts.outside_spaces += whole - mapped;
    }
    return parts;
  }

  static IndicatorRow empty_row(std::string variant, Status status, std::string why) {
    IndicatorRow row = row_without_value(status, std::move(why));
    row.variant = std::move(variant);
    return row;
  }

  static constexpr std::string_view kNoAccess = "no green_spaces layer, so access is not known";

  // A row that says why there is no share, or nothing when there is one. `without_spaces`: why there is none without
  // mapped spaces; empty where the cells tell.
  static std::optional<IndicatorRow> obstacle(const FactsFor<Needs>& facts, const ClassAreas* areas, std::size_t zone,
                                              Extent extent, const std::string& variant,
                                              std::string_view without_spaces) {
    if (areas == nullptr) return empty_row(variant, Status::no_data, "no land cover");
    if (areas->total(zone) == 0) return empty_row(variant, Status::no_data, "the zone covers no cell");
    if (!without_spaces.empty() && !areas->with_spaces)
      return empty_row(variant, Status::no_data, std::string(without_spaces));
    if (extent == Extent::built_cells_only && !facts.knows(Role::built))
      return empty_row(variant, Status::no_data, "no land cover that tells built-up cells");
    if (areas->known(zone) == 0 && (extent == Extent::built_cells_only || !areas->with_spaces)) {
      IndicatorRow row = row_of_unclassified(*areas, zone);
      row.variant = variant;
      return row;
    }
    if (parts_of(*areas, zone, extent).extent == 0)
      return empty_row(variant, Status::undefined, "no built-up cell in the zone");
    return std::nullopt;
  }

  static double share(Int128 part, Int128 whole) { return static_cast<double>(part) / static_cast<double>(whole); }

  static void public_share(const FactsFor<Needs>& facts, const ClassAreas* areas, std::size_t zone, Extent extent,
                           IndicatorRows& rows) {
    const std::string variant = "gb_public/" + std::string(name_of(extent));
    if (auto row = obstacle(facts, areas, zone, extent, variant, kNoAccess)) return rows.push_back(*row);
    const Parts parts = parts_of(*areas, zone, extent);
    const double lower = share(parts.known_public, parts.extent);
    const double upper = share(parts.possibly_public + parts.outside_spaces, parts.extent);
    rows.push_back({.variant = variant,
                    .value = facts.unknown_is_public() ? upper : lower,
                    .lower = lower,
                    .upper = upper,
                    .valid_share = valid_share_of(*areas, zone),
                    .method = std::string("bounds: unknown access private, public; value: unknown is ") +
                              (facts.unknown_is_public() ? "public" : "private")});
  }

  static void all_share(const FactsFor<Needs>& facts, const ClassAreas* areas, std::size_t zone, Extent extent,
                        IndicatorRows& rows) {
    const std::string variant = "all_green_blue/" + std::string(name_of(extent));
    const bool always_0 = areas != nullptr && extent == Extent::built_cells_only && !built_can_be_green_or_blue(*areas);
    const std::string_view without_spaces =
        always_0 ? "no green_spaces layer, and no built-up class of the legend is green or blue" : "";
    if (auto row = obstacle(facts, areas, zone, extent, variant, without_spaces)) return rows.push_back(*row);
    const Parts parts = parts_of(*areas, zone, extent);
    rows.push_back(
        {.variant = variant,
         .value = share(parts.all + parts.outside_spaces, parts.extent),
         .valid_share = valid_share_of(*areas, zone),
         .method = areas->with_spaces ? "union of mapped spaces and green or blue cells" : "green or blue cells"});
  }

  static void cif_share(const FactsFor<Needs>& facts, const ClassAreas* areas, std::size_t zone, IndicatorRows& rows) {
    if (auto row = obstacle(facts, areas, zone, Extent::built_cells_only, "cif", kNoAccess))
      return rows.push_back(*row);
    const Parts parts = parts_of(*areas, zone, Extent::built_cells_only);
    rows.push_back({.variant = "cif",
                    .value = share(parts.all_green, parts.extent),
                    .valid_share = valid_share_of(*areas, zone),
                    .method = "mapped green spaces on built-up cells"});
  }
};

}  // namespace

const Indicator& public_green_blue_share_indicator() { return indicator_of<PublicGreenBlueShare>(); }

}  // namespace urbiome
