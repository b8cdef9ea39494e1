// From the compressed file to the table, as `urbiome raster tabulate` does it, without starting a process.
#include <variant>

#include "contender.h"
#include "urbiome/run/raster_tabulate.h"

namespace urbiome::versus {

void class_areas(const Asked& asked) {
  TabulateRequest request;
  request.raster.path = asked.path("cover.tif");
  Table table;
  contend(
      asked,
      [&] {
        Executor executor({.threads = asked.threads});
        AuditLog audit;
        table = tabulate(request, executor, audit);
      },
      [&](const Answers& answers) {
        std::map<std::string, double> cells;
        for (const auto& row : table.rows) {
          const auto& count = row[2];
          cells[std::get<std::string>(row[1])] = std::holds_alternative<double>(count)
                                                     ? std::get<double>(count)
                                                     : static_cast<double>(std::get<std::int64_t>(count));
        }
        answers.values({{"cells", cells}});
      });
}

}  // namespace urbiome::versus
