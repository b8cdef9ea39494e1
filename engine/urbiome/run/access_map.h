// The map of access in the output folder: how far each cell of the city lies from the places of a standard, in classes
// whose limits are the distances that are asked for and round steps between them.
//
// Cells are told by the very rules by which residents are counted (facts/access.h), from their middles. Like the map of
// classes it is for looking: larger cities show every second, third ... cell, and outside the city nothing is shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/access.h"
#include "urbiome/facts/class_preview.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/frameworks/standards.h"
#include "urbiome/io/json.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// What the map answers: a standard with its question, and all distances that are asked for the same places on the same
// way, ascending. The question must last until the map is made.
struct MappedAccess {
  Standard standard;
  const AccessQuestion* question;
  std::vector<double> distances_m;
};

inline constexpr std::int64_t kMostAccessCells = std::int64_t{1} << 22;

struct AccessMap {
  Standard standard;
  std::vector<double> limits_m;  // ascending, the last is the farthest that is told
  ClassPreview cells;            // 0: outside the city; 1: in a place; 2 + i: up to limits_m[i]; then what is farther
};

// Round steps up to the farthest distance, and the distances themselves.
std::vector<double> access_limits(std::vector<double> distances_m);

// `streets` are needed where the standard is walked. The same cells for any threads.
AccessMap map_access(const MappedAccess& asked, const StreetsNearby* streets, const Landscape& landscape,
                     Executor& executor);

void write_access_map(const AccessMap& map, const Landscape& landscape, const Crs& crs, const std::string& path);

// What run.json says of the map.
Json access_map_json(const AccessMap& map);

}  // namespace urbiome
