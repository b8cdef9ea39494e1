#include "urbiome/indicators/catalogue.h"

namespace urbiome {

#define URBIOME_INDICATOR(id, file) const Indicator& id##_indicator();
#include "urbiome/indicators/list.def"
#undef URBIOME_INDICATOR

const std::vector<const Indicator*>& indicators() {
  static const std::vector<const Indicator*> all = {
#define URBIOME_INDICATOR(id, file) &id##_indicator(),
#include "urbiome/indicators/list.def"
#undef URBIOME_INDICATOR
  };
  return all;
}

const Indicator* indicator_named(std::string_view id) {
  for (const Indicator* indicator : indicators()) {
    if (indicator->spec.id == id) return indicator;
  }
  return nullptr;
}

std::string_view name_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::official:
      return "official";
    case Evidence::implementation:
      return "implementation";
    case Evidence::unverified:
      return "unverified";
  }
  return "unverified";
}

bool nowhere(const Zone& zone) { return zone.shape.empty() && zone.coverage.empty(); }

IndicatorRow row_without_value(Status status, std::string method) {
  IndicatorRow row;
  row.status = status;
  row.method = std::move(method);
  return row;
}

std::optional<double> valid_share_of(const ClassAreas& areas, std::size_t zone) {
  const Int128 total = areas.total(zone);
  if (total <= 0) return std::nullopt;
  return static_cast<double>(areas.known(zone)) / static_cast<double>(total);
}

IndicatorRow row_of_unclassified(const ClassAreas& areas, std::size_t zone) {
  IndicatorRow row = row_without_value(Status::no_data, "no classified cell in the zone");
  row.valid_share = valid_share_of(areas, zone);
  return row;
}

}  // namespace urbiome
