#include "urbiome/cli/network_arguments.h"

namespace urbiome {

Options declare_streets(CLI::App& verb, StreetRequest& streets, std::string& crs, double& least_island_m) {
  return {
      verb.add_option("--streets", streets.path, "OSM PBF, or any layer of lines")->type_name("FILE"),
      verb.add_option("--streets-layer", streets.layer, "Layer of the streets file"),
      verb.add_option("--streets-crs", crs, "CRS of the streets, instead of their own"),
      verb.add_option("--walkable", streets.walkable,
                      "Table key,value,walkable: which streets people may walk (default: OSM highways but motorways)")
          ->type_name("FILE"),
      verb.add_option("--min-island-m", least_island_m,
                      "Leave out islands with less of streets: nobody is placed on them")
          ->capture_default_str()};
}

Options declare_layer(CLI::App& verb, const std::string& name, PlacesRequest& request, const std::string& description) {
  return {verb.add_option("--" + name + "s", request.path, description)->type_name("FILE"),
          verb.add_option("--" + name + "s-layer", request.layer, "Layer of that file"),
          verb.add_option("--" + name + "-id", request.id, "Column that names them (default: the feature number)"),
          verb.add_option("--" + name + "s-crs", request.crs, "CRS of them, instead of their own")};
}

Options declare_places(CLI::App& verb, const std::string& name, PlacesRequest& request,
                       const std::string& description) {
  Options options = declare_layer(verb, name, request, description);
  CLI::Option* x = verb.add_option("--" + name + "-x", request.x, "Column of a csv: longitude or easting");
  CLI::Option* y = verb.add_option("--" + name + "-y", request.y, "Column of a csv: latitude or northing");
  x->needs(y);
  y->needs(x);
  options.insert(options.end(), {x, y});
  return options;
}

Options declare_entrances(CLI::App& verb, EntranceRule& rule, double& snap_max_m) {
  return {verb.add_option("--entrances", rule.entrances,
                          "Points where targets are entered (default: where streets meet or come near their outlines)")
              ->type_name("FILE"),
          verb.add_option("--entrances-layer", rule.entrances_layer, "Layer of that file"),
          verb.add_option("--entrance-spacing-m", rule.spacing_m, "Made entrances: steps along the outline")
              ->capture_default_str(),
          verb.add_option("--entrance-within-m", rule.street_within_m, "Entrances: how near a street has to come")
              ->capture_default_str(),
          verb.add_option("--snap-max-m", snap_max_m, "Farther from every street is unreached")->capture_default_str()};
}

}  // namespace urbiome
