// Patches of one role (cells 0 and 1) or of all classes: the label of every cell, and cells per patch.
#include <cstring>

#include "contender.h"
#include "urbiome/facts/patch_labels.h"
#include "urbiome/run/raster_layer.h"

namespace urbiome::versus {
namespace {

struct Patches {
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> cells;
};

void label(const Asked& asked, const std::string& name, bool by_class) {
  const Cells cells = read_cells(asked, name);
  const auto source = as_land_cover(cells);
  const CellAreas areas = areas_of(cells.grid(), std::nullopt);
  const GridMetric metric = GridMetric::planar(cells.grid(), 1);
  LabelRule rule{.directions = 8, .by_class = by_class, .members = {}};
  for (std::size_t code = 1; code < rule.members.size(); ++code) rule.members[code] = true;
  Patches found;
  found.labels.resize(cells.bytes.size());
  const auto work = [&] {
    Executor executor({.threads = asked.threads});
    PatchLabels patches(*source, rule, areas, metric, executor);
    found.cells.clear();
    found.cells.reserve(static_cast<std::size_t>(patches.count()));
    PatchLabels::Outputs outputs;
    outputs.records = [](std::span<const Patch> some) {
      std::string bytes(some.size() * sizeof(std::int64_t), '\0');
      for (std::size_t i = 0; i < some.size(); ++i) std::memcpy(&bytes[i * 8], &some[i].cells, 8);
      return bytes;
    };
    outputs.write_records = [&](std::string_view bytes) {
      const std::size_t old = found.cells.size();
      found.cells.resize(old + bytes.size() / 8);
      std::memcpy(found.cells.data() + old, bytes.data(), bytes.size());
    };
    outputs.write_ids = [&](std::int64_t first_row, std::int64_t, std::span<const std::uint32_t> ids) {
      std::memcpy(found.labels.data() + first_row * cells.cols, ids.data(), ids.size_bytes());
    };
    patches.write(outputs, executor);
  };
  contend(asked, work, [&](const Answers& answers) {
    answers.array("labels", cells.rows, cells.cols, std::span<const std::int32_t>(found.labels));
    answers.array("cells", found.cells);
  });
}

}  // namespace

void label_role(const Asked& asked) { label(asked, "green", false); }
void label_all_classes(const Asked& asked) { label(asked, "classes", true); }

}  // namespace urbiome::versus
