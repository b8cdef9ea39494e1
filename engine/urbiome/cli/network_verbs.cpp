#include "urbiome/cli/network_verbs.h"

namespace urbiome {

void add_network(CLI::App& root, Session& session) {
  CLI::App* network = root.add_subcommand("network", "What can be reached, and how many share it");
  network->require_subcommand(1);
  add_network_reach(*network, session);
  add_network_supply(*network, session);
}

}  // namespace urbiome
