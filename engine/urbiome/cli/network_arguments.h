// Arguments that verbs of `urbiome network` share.
#pragma once

#include <string>
#include <vector>

#include "urbiome/cli/command.h"
#include "urbiome/io/street_reader.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

using Options = std::vector<CLI::Option*>;

// --streets and what says how to read them; --streets comes first.
Options declare_streets(CLI::App& verb, StreetRequest& streets, std::string& crs, double& least_island_m);
// --NAMEs, --NAMEs-layer, --NAME-id, --NAMEs-crs; --NAMEs comes first.
Options declare_layer(CLI::App& verb, const std::string& name, PlacesRequest& request, const std::string& description);
// The same and the columns of a csv's coordinates.
Options declare_places(CLI::App& verb, const std::string& name, PlacesRequest& request, const std::string& description);
Options declare_entrances(CLI::App& verb, EntranceRule& rule, double& snap_max_m);

}  // namespace urbiome
