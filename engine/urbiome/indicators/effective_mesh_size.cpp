// Effective mesh size and coherence: Jaeger (2000), Landscape division, splitting index, and effective mesh size,
// Landscape Ecology 15:115-130; cross-boundary connections after Moser et al. (2007), Landscape Ecology 22:447-459;
// grouping of patches less than 100 m apart after Chan et al. (2021), CBD Technical Series 98, indicator 2.
#include <array>

#include "urbiome/indicators/indicator.h"

namespace urbiome {
namespace {

enum class Denominator { zone, natural, data };
enum class Border { cut, cbc };

constexpr std::array<std::pair<Denominator, std::string_view>, 3> kDenominators = {
    {{Denominator::natural, "natural"}, {Denominator::zone, "zone"}, {Denominator::data, "data"}}};
constexpr std::array<std::pair<Border, std::string_view>, 2> kBorders = {{{Border::cut, "cut"}, {Border::cbc, "cbc"}}};

double denominator_m2(Denominator denominator, Border border, const Mesh::OfZone& mesh, const ClassAreas& areas,
                      std::size_t zone) {
  switch (denominator) {
    case Denominator::zone:
      return areas.to_m2(areas.total(zone));
    case Denominator::natural:
      return border == Border::cut ? mesh.natural_m2 : mesh.natural_cbc_m2;
    case Denominator::data:
      return areas.to_m2(areas.known(zone));
  }
  return 0;
}

template <bool coherence>
struct MeshIndicator {
  using Needs = NeedsOf<Mesh, ClassAreas>;

  static IndicatorSpec spec() {
    if constexpr (coherence) {
      return {.id = "coherence",
              .title = "Coherence",
              .unit = "1",
              .least = 0,
              .most = 1,
              .definition =
                  "Probability that two places drawn at random in the denominator lie in connected natural patches: "
                  "sum over groups of "
                  "(group area / denominator)^2. Denominator: natural area, zone or classified land. Not defined "
                  "across borders (cbc).",
              .needs = "land cover that tells the connect role",
              .evidence = Evidence::implementation,
              .source = "Jaeger 2000; CBD Technical Series 98, indicator 2"};
    } else {
      return {.id = "effective_mesh_size_ha",
              .title = "Effective mesh size",
              .unit = "ha",
              .least = 0,
              .most = 5.2e10,
              .definition =
                  "Sum over groups of connected natural patches of (area)^2 / denominator. Patches less than 100 m "
                  "apart, side to side, are "
                  "connected, and so are their neighbours in turn; holes are not area. cut: patches end at the border; "
                  "cbc: area inside x "
                  "whole area. Denominator: natural area, zone or classified land.",
              .needs = "land cover that tells the connect role",
              .evidence = Evidence::implementation,
              .source = "Jaeger 2000; Moser et al. 2007; CBD Technical Series 98, indicator 2"};
    }
  }

  static void evaluate(const FactsFor<Needs>& facts, std::size_t zone, IndicatorRows& rows) {
    for (const auto& [denominator, denominator_name] : kDenominators) {
      for (const auto& [border, border_name] : kBorders) {
        IndicatorRow row = evaluate_variant(facts, zone, denominator, border);
        row.variant = std::string(denominator_name) + "/" + std::string(border_name);
        rows.push_back(row);
      }
    }
  }

 private:
  static IndicatorRow evaluate_variant(const FactsFor<Needs>& facts, std::size_t zone, Denominator denominator,
                                       Border border) {
    const Mesh* meshes = facts.get<Mesh>();
    const ClassAreas* areas = facts.get<ClassAreas>();
    if (meshes == nullptr || areas == nullptr)
      return row_without_value(Status::no_data, "no land cover that tells the connect role");
    if (areas->known(zone) == 0) return row_of_unclassified(*areas, zone);
    if (coherence && border == Border::cbc)
      return row_without_value(Status::not_applicable, "coherence is not defined across borders");
    const Mesh::OfZone& mesh = meshes->zones[zone];
    const double whole = denominator_m2(denominator, border, mesh, *areas, zone);
    const double sum = border == Border::cut ? mesh.sum_of_squares_cut : mesh.sum_of_products_cbc;
    IndicatorRow row;
    row.valid_share = valid_share_of(*areas, zone);
    row.method = std::string("gap ") + (facts.parameters().connect_tie_le ? "<=" : "<") + " limit, transitive; role " +
                 std::string(name_of(facts.parameters().connect_role));
    if (coherence) {
      if (whole > 0)
        row.value = sum / (whole * whole);
      else
        row.status = Status::undefined, row.method = "no natural area in the zone";
    } else {
      row.value = whole > 0 ? sum / whole / 1e4 : 0.0;
    }
    return row;
  }
};

}  // namespace

const Indicator& effective_mesh_size_ha_indicator() { return indicator_of<MeshIndicator<false>>(); }
const Indicator& coherence_indicator() { return indicator_of<MeshIndicator<true>>(); }

}  // namespace urbiome
