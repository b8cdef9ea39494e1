// The verbs of `urbiome network`, each in its own file.
#pragma once

#include "urbiome/cli/command.h"

namespace urbiome {

void add_network_reach(CLI::App& network, Session& session);
void add_network_supply(CLI::App& network, Session& session);

}  // namespace urbiome
