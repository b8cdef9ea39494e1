#include "urbiome/run/raster_label.h"

#include <limits>
#include <memory>

#include <fmt/format.h>

#include "urbiome/facts/patch_labels.h"
#include "urbiome/io/raster_writer.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

constexpr double kFindsPerSecond = 300e6, kWritesPerSecond = 60e6;  // cells, with the decoding of the file

LabelRule rule_of(const ClassLayer& layer, const LabelRequest& request) {
  LabelRule rule;
  rule.directions = request.directions;
  rule.by_class = request.choice.empty();
  if (!rule.by_class) rule.members = members_of(layer, request.choice);
  const auto& classes = layer.source->classes();
  for (std::size_t i = 0; i < rule.members.size(); ++i) {
    const bool known = i < classes.size() && classes[i].missing == Missing::no;
    rule.members[i] = known && (rule.by_class || rule.members[i]);
  }
  return rule;
}

RasterPlan plan_of(const ClassLayer& layer, const LabelRule& rule, const LabelRequest& request,
                   const Executor& executor) {
  RasterPlan plan{"label", layer.grid(), {}};
  const std::vector<Band> bands = PatchLabels::patch_bands(*layer.source, executor);
  const std::int64_t memory = PatchLabels::most_bytes(*layer.source, rule, executor);
  const std::int64_t scratch = PatchLabels::most_scratch_bytes(*layer.source, rule, executor);
  const auto count = static_cast<std::int64_t>(bands.size());
  plan.phases.push_back({"finding patches", count, memory, scratch, plan.seconds(kFindsPerSecond, executor)});
  const bool paints = !request.ids_path.empty();
  plan.phases.push_back({paints ? "writing patches" : "listing patches", count, memory, scratch,
                         plan.seconds(paints ? kWritesPerSecond : kFindsPerSecond, executor)});
  return plan;
}

// The rows of patches as text.
class PatchRecords {
 public:
  PatchRecords(const ClassLayer& layer, const LabelRequest& request, const PatchLabels& labels)
      : layer_(layer), labels_(labels) {
    if (!request.choice.empty())
      kind_ =
          request.choice.role.empty() ? fmt::format("{}", fmt::join(request.choice.codes, "+")) : request.choice.role;
  }

  std::string of(std::span<const Patch> patches) const {
    const Grid& grid = layer_.grid();
    std::string records;
    std::vector<Cell> row(10);
    for (const Patch& patch : patches) {
      row[0] = patch.id;
      row[1] = kind_.empty() ? layer_.source->classes()[patch.class_index].code : kind_;
      row[2] = patch.first_cell;
      row[3] = patch.cells;
      row[4] = labels_.area_m2(patch);
      row[5] = labels_.perimeter_m(patch);
      row[6] = grid.x_of(patch.col_begin);
      row[7] = grid.y_of(patch.row_end);
      row[8] = grid.x_of(patch.col_end);
      row[9] = grid.y_of(patch.row_begin);
      append_csv_row(records, row);
    }
    return records;
  }

 private:
  const ClassLayer& layer_;
  const PatchLabels& labels_;
  std::string kind_;  // empty: the class of each patch
};

}  // namespace

LabelResult label(const LabelRequest& request, Executor& executor, AuditLog& audit) {
  const ClassLayer layer = open_classes(request.raster, audit);
  const LabelRule rule = rule_of(layer, request);
  const CellAreas areas = areas_of(layer.grid(), layer.crs);
  const GridMetric metric = metric_of(layer.grid(), layer.crs, request.raster.path);
  const RasterPlan plan = plan_of(layer, rule, request, executor);
  plan.require(executor);
  if (request.before_work) request.before_work(plan);

  PatchLabels labels(*layer.source, rule, areas, metric, executor);
  if (request.ids_path.empty() && request.table_path.empty()) return {labels.count(), labels.scratch_bytes()};

  PatchLabels::Outputs outputs;
  std::unique_ptr<RasterWriter> ids;
  const auto write_ids = [&](std::int64_t row, std::int64_t rows, auto cells) {
    ids->write_rows(row, rows, cells.data());
  };
  if (!request.ids_path.empty()) {
    const bool fits = labels.count() <= std::numeric_limits<std::uint32_t>::max();
    ids = std::make_unique<RasterWriter>(request.ids_path, layer.grid(), layer.crs ? layer.crs->wkt() : std::string{},
                                         fits ? CellType::u32 : CellType::i64, 0.0, request.creation_options,
                                         executor.threads());
    if (fits)
      outputs.write_ids = write_ids;
    else
      outputs.write_long_ids = write_ids;
  }
  std::unique_ptr<CsvWriter> table;
  const PatchRecords records(layer, request, labels);
  if (!request.table_path.empty()) {
    table = std::make_unique<CsvWriter>(
        request.table_path, std::vector<std::string>{"id", "class", "first_cell", "cells", "area_m2", "perimeter_m",
                                                     "xmin", "ymin", "xmax", "ymax"});
    outputs.records = [&](std::span<const Patch> patches) { return records.of(patches); };
    outputs.write_records = [&](std::string_view text) { table->write(text); };
  }
  labels.write(outputs, executor);
  if (ids) ids->close();
  if (table) table->close();
  return {labels.count(), labels.scratch_bytes()};
}

}  // namespace urbiome
