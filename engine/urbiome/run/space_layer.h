// The mapped spaces of one [[green_spaces]] table: which features of its layer are spaces, of which role, and who may
// enter them.
//
// Without `tags` every feature is one. Access is private where the condition `private` holds, else public where
// `public` holds, else what the tags say, else unknown. Role is what the tags say, else the table's own.
#pragma once

#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/io/recipe.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// Appends the spaces of the recipe's table `number` in the CRS of the grid, `crs`. Throws Error{contradiction} when no
// feature has the tags that make a space, and when no space lies on the grid.
void append_spaces(const GreenSpacesInput& input, std::size_t number, const Crs& crs, const Grid& grid,
                   Executor& executor, AuditLog& audit, std::vector<ListedSpace>& spaces);

}  // namespace urbiome
