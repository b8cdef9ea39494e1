#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/network_verbs.h"
#include "urbiome/cli/path_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/network_supply.h"

namespace urbiome {
namespace {

struct Arguments {
  PathArguments paths;
  SupplyRequest request;
};

void declare(CLI::App& verb, Arguments& a) {
  a.paths.declare(verb, "DEMAND SUPPLY COSTS OUT.csv", 4);
  verb.add_option("--method", a.request.method,
                  "2sfca, e2sfca (distance decay, by default gaussian), 3sfca (people choose among supplies) or bfca "
                  "(everyone counts once) (default: 2sfca)")
      ->check(CLI::IsMember(SupplyRequest::methods()))
      ->type_name("WORD");
  verb.add_option(
          "--kernel", a.request.kernel,
          "How weights fall with cost: dichotomy, exponential, gaussian, density, power, inverse, or a csv with "
          "max_cost,weight (default: dichotomy for 2sfca, else gaussian)")
      ->type_name("WORD|FILE");
  verb.add_option("--power", a.request.power, "Exponent B of --kernel power: weights of cost^-B")->type_name("B");
  verb.add_option(
          "--floor", a.request.floor,
          "Costs below this weigh as much as it (--kernel power, inverse; default: none, a cost of 0 is refused)")
      ->type_name("COST");
  verb.add_option("--max", a.request.max_cost,
                  "Costs up to this count; where weights of exponential, gaussian, density end (default: no limit)")
      ->type_name("COST");
}

}  // namespace

void add_network_supply(CLI::App& network, Session& session) {
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = network.add_subcommand(
      "supply",
      "Supply per person that each place reaches, by floating catchments, from csv tables id,people; id,amount; "
      "origin,dest,cost");
  declare(*verb, *a);
  session.add(*verb, [a, &session] {
    std::vector<std::string> inputs = a->paths.take_inputs(3, 3);
    const std::string& out = a->paths.output;
    SupplyRequest& request = a->request;
    request.demand = inputs[0], request.supply = inputs[1], request.costs = inputs[2];
    if (request.kernel_is_file()) inputs.push_back(request.kernel);
    check_table_output(out, inputs);
    OutputFile file(out, session.overwrite());
    Executor executor(session.execution());
    AuditLog audit;
    const SupplyJob job(request, executor, audit);
    session.note(job.in_words());
    const std::int64_t rows = job.write(file.staging());
    file.commit();
    session.say(audit);
    for (const std::string& sentence : job.unreached()) session.note(sentence);
    session.note(fmt::format("{} rows in {}", rows, out));
    return kDone;
  });
}

}  // namespace urbiome
