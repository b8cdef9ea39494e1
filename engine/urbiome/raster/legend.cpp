#include "urbiome/raster/legend.h"

#include <array>

namespace urbiome {
namespace {
constexpr std::array<std::string_view, kRoleCount> kRoleNames = {"green",   "blue",      "built",
                                                                 "natural", "vegetated", "canopy"};
}

std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  for (int i = 0; i < kRoleCount; ++i) {
    if (kRoleNames[static_cast<std::size_t>(i)] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

const LegendClass* Legend::find(std::int64_t code) const {
  for (const LegendClass& entry : classes) {
    if (code >= entry.first && code <= entry.last) return &entry;
  }
  return nullptr;
}

}  // namespace urbiome
