#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/cli/network_arguments.h"
#include "urbiome/cli/network_verbs.h"
#include "urbiome/cli/path_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/network_supply.h"

namespace urbiome {
namespace {

struct Arguments {
  PathArguments paths;
  SupplyRule rule;
  SupplyLayers layers;
  std::optional<double> demand;
  std::string zone_column, zones_out;
  std::vector<std::string> groups;
  Options of_layers, of_streets;
};

void declare_rule(CLI::App& verb, SupplyRule& rule) {
  verb.add_option("--method", rule.method,
                  "2sfca, e2sfca (distance decay, by default gaussian), 3sfca (people choose among supplies) or bfca "
                  "(everyone counts once) (default: 2sfca)")
      ->check(CLI::IsMember(SupplyRule::methods()))
      ->type_name("WORD");
  verb.add_option(
          "--kernel", rule.kernel,
          "How weights fall with cost: dichotomy, exponential, gaussian, density, power, inverse, or a csv with "
          "max_cost,weight (default: dichotomy for 2sfca, else gaussian)")
      ->type_name("WORD|FILE");
  verb.add_option("--power", rule.power, "Exponent B of --kernel power: weights of cost^-B")->type_name("B");
  verb.add_option(
          "--floor", rule.floor,
          "Costs below this weigh as much as it (--kernel power, inverse; default: none, a cost of 0 is refused)")
      ->type_name("COST");
  verb.add_option("--max", rule.max_cost,
                  "Costs up to this count; where weights of exponential, gaussian, density end (default: no limit; of "
                  "layers in metres, inf for none)")
      ->type_name("COST");
}

void declare_limits(CLI::App& verb, Arguments& a) {
  verb.add_option("--radius-column", a.rule.radius_column,
                  "Instead of --max: column of SUPPLY or of --targets with the farthest cost of each supply")
      ->type_name("COLUMN");
  verb.add_option("--group", a.groups,
                  "Instead of people: column with people of a group, and the farthest cost that they go (default: "
                  "--max); may be repeated, all groups together are everybody")
      ->type_name("COLUMN[=COST]")
      ->allow_extra_args(false);
}

// COLUMN=COST, or COLUMN alone.
SupplyGroup group_of(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) return {text, {}};
  double cost = 0;
  if (!CLI::detail::lexical_cast(text.substr(equals + 1), cost))
    throw Error(ErrorCode::usage, fmt::format("--group {} has no cost after the =", text), "COLUMN or COLUMN=COST");
  return {text.substr(0, equals), cost};
}

void declare_balance(CLI::App& verb, Arguments& a) {
  verb.add_option("--demand", a.demand,
                  "What each person needs, in the unit of supply: adds balance_per_person and balance of each place")
      ->type_name("AMOUNT");
  verb.add_option("--zone-column", a.zone_column, "Column of DEMAND or of --origins with the zone of each place");
  Options zones = declare_layer(verb, "zone", a.layers.zones, "Instead of that column: polygons of zones");
  for (std::size_t i = 1; i < zones.size(); ++i) zones[i]->needs(zones[0]);
  a.of_layers.insert(a.of_layers.end(), zones.begin(), zones.end());
  verb.add_option("--zones-out", a.zones_out, "Table of zones to write: people, supply, demand, balance")
      ->type_name("OUT.csv");
}

void declare_layers(CLI::App& verb, Arguments& a) {
  SupplyLayers& layers = a.layers;
  const auto add = [](Options& to, const Options& options) { to.insert(to.end(), options.begin(), options.end()); };
  add(a.of_layers, declare_places(verb, "origin", layers.origins,
                                  "Instead of tables: points or polygons where people live, or a raster of counts"));
  add(a.of_layers,
      {verb.add_option("--origins-band", layers.origins_band, "Band of that raster")->check(CLI::Range(1, 1000000)),
       verb.add_option("--people", layers.origins.amount, "Column with the number of people")});
  add(a.of_layers, declare_places(verb, "target", layers.targets, "Polygons or points that offer something"));
  add(a.of_layers, {verb.add_option("--amount", layers.targets.amount,
                                    "Column with what they offer (default: the area of polygons in square metres)"),
                    verb.add_flag("--straight", layers.straight, "Ways in a straight line, instead of --streets")});
  add(a.of_streets, declare_streets(verb, layers.streets, layers.streets_crs, layers.least_island_m));
  add(a.of_streets, declare_entrances(verb, layers.entrances, layers.snap_max_m));
}

const CLI::Option* first_given(const Options& options) {
  const auto given = std::ranges::find_if(options, [](const CLI::Option* option) { return option->count() > 0; });
  return given == options.end() ? nullptr : *given;
}

void require_layers(const Arguments& a) {
  const SupplyLayers& layers = a.layers;
  const auto require = [](bool right, const std::string& found, const std::string& expected) {
    if (!right) throw Error(ErrorCode::usage, found, expected);
  };
  require(!layers.origins.path.empty(), "--origins is missing", "where people live, with --targets");
  require(!layers.targets.path.empty(), "--targets is missing", "what they reach, with --origins");
  const CLI::Option* of_streets = first_given(a.of_streets);
  require(!layers.straight || of_streets == nullptr,
          fmt::format("--straight does not go with {}", of_streets == nullptr ? "" : of_streets->get_name()),
          "one of --streets FILE and --straight");
  require(layers.straight || !layers.streets.path.empty(), "neither --streets nor --straight was given", "one of them");
}

void require_zones(const Arguments& a) {
  const bool column = !a.zone_column.empty(), polygons = !a.layers.zones.path.empty();
  if (column && polygons) throw Error(ErrorCode::usage, "--zone-column does not go with --zones", "one of them");
  if ((column || polygons) == !a.zones_out.empty()) return;
  if (a.zones_out.empty())
    throw Error(ErrorCode::usage, "--zones-out is missing", "the table of zones to write", "give --zones-out OUT.csv");
  throw Error(ErrorCode::usage, "--zones-out has no zones", "--zone-column COLUMN, or with layers --zones FILE");
}

SupplyRequest request_of(Arguments& a, std::vector<std::string>& inputs) {
  require_zones(a);
  for (const std::string& group : a.groups) a.rule.groups.push_back(group_of(group));
  SupplyRequest request{.rule = a.rule, .tables = {}, .layers = {}, .demand = a.demand};
  const CLI::Option* of_layers = first_given(a.of_layers);
  if (of_layers == nullptr) of_layers = first_given(a.of_streets);
  if (of_layers == nullptr) {
    inputs = a.paths.take_inputs(3, 3);
    request.tables = {inputs[0], inputs[1], inputs[2], a.zone_column};
  } else {
    inputs = a.paths.take_inputs(0, 3);
    if (a.paths.output.empty())
      throw Error(ErrorCode::usage, "network supply was given no file to write", "OUT.csv or -o OUT.csv");
    if (!inputs.empty()) {
      throw Error(ErrorCode::usage, fmt::format("{} does not go with tables ({})", of_layers->get_name(), inputs[0]),
                  "either DEMAND SUPPLY COSTS OUT.csv, or OUT.csv --origins FILE --targets FILE and --streets FILE or "
                  "--straight");
    }
    require_layers(a);
    SupplyLayers& layers = a.layers;
    layers.origins.label = a.zone_column;
    inputs = {layers.origins.path,     layers.targets.path,        layers.streets.path,
              layers.streets.walkable, layers.entrances.entrances, layers.zones.path};
    request.layers = layers;
  }
  if (request.rule.kernel_is_file()) inputs.push_back(request.rule.kernel);
  return request;
}

int run_supply(Arguments& a, const Session& session) {
  std::vector<std::string> inputs;
  const SupplyRequest request = request_of(a, inputs);
  const std::string& out = a.paths.output;
  check_table_output(out, inputs);
  if (!a.zones_out.empty()) check_table_output(a.zones_out, inputs);
  OutputFile table(out, session.overwrite());
  std::vector<OutputFile*> files{&table};
  std::optional<OutputFile> zones;
  if (!a.zones_out.empty()) files.push_back(&zones.emplace(a.zones_out, session.overwrite()));
  Executor executor(session.execution());
  AuditLog audit;
  const SupplyJob job(request, executor, audit);
  session.note(job.in_words());
  const std::int64_t rows = job.write(table.staging());
  const std::int64_t zone_rows = zones ? job.write_zones(zones->staging()) : 0;
  OutputFile::commit_all(files);
  session.say(audit);
  session.note(audit);
  for (const std::string& sentence : job.unreached()) session.note(sentence);
  for (const std::string& sentence : job.undersupplied()) session.note(sentence);
  session.note(fmt::format("{} rows in {}", rows, out));
  if (zones) session.note(fmt::format("{} rows in {}", zone_rows, a.zones_out));
  return kDone;
}

}  // namespace

void add_network_supply(CLI::App& network, Session& session) {
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = network.add_subcommand(
      "supply",
      "Supply per person that each place reaches, by floating catchments, from csv tables id,people; id,amount; "
      "origin,dest,cost, or from layers of people and parks and the ways between them");
  a->paths.declare(*verb, "DEMAND SUPPLY COSTS OUT.csv | OUT.csv", 4);
  verb->get_option("PATHS")->required(false);  // -o alone, with layers
  declare_rule(*verb, a->rule);
  declare_limits(*verb, *a);
  declare_balance(*verb, *a);
  declare_layers(*verb, *a);
  session.add(*verb, [a, &session] { return run_supply(*a, session); });
}

}  // namespace urbiome
