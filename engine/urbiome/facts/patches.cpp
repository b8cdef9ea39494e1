#include "urbiome/facts/patches.h"

#include <algorithm>
#include <map>

namespace urbiome {
namespace {

// Area of each run, all cells whole.
std::vector<Int128> component_areas(const RunTable& table, const Components& components, const CellAreas& areas,
                                    std::int64_t first_row = 0) {
  std::vector<Int128> sums(static_cast<std::size_t>(components.count()), 0);
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = table.offsets[static_cast<std::size_t>(row)]; i < table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
      sums[static_cast<std::size_t>(components.of_run[i])] +=
          areas.between(first_row + row, table.runs[i].begin, table.runs[i].end);
    }
  }
  return sums;
}

// The runs whose component passes.
RunTable kept_runs(const RunTable& table, const Components& components, const std::vector<bool>& keep) {
  RunTable kept;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = table.offsets[static_cast<std::size_t>(row)]; i < table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
      if (keep[static_cast<std::size_t>(components.of_run[i])]) kept.runs.push_back(table.runs[i]);
    }
    kept.offsets.push_back(kept.runs.size());
  }
  return kept;
}

// A role cut at a zone's border: runs of cells that the zone covers at all, and the area it covers of each run.
struct CutRuns {
  std::int64_t first_row = 0;
  RunTable table;
  std::vector<Int128> areas;   // of each run
  std::vector<std::size_t> source_run;  // index of the run of the whole table that it was cut from
};

struct Stretch {
  std::int32_t begin, end;
  std::int64_t share;
};

// Spans and partial cells of a row as one sorted list.
void stretches_of(const Coverage& coverage, std::int64_t row, std::vector<Stretch>& out) {
  out.clear();
  const auto spans = coverage.spans_of(row);
  const auto partials = coverage.partials_of(row);
  std::size_t s = 0, p = 0;
  while (s < spans.size() || p < partials.size()) {
    if (p == partials.size() || (s < spans.size() && spans[s].begin < partials[p].col)) {
      out.push_back({spans[s].begin, spans[s].end, kOne});
      ++s;
    } else {
      out.push_back({partials[p].col, partials[p].col + 1, partials[p].share});
      ++p;
    }
  }
}

Int128 covered_area(const CellAreas& areas, std::int64_t row, std::int32_t begin, std::int32_t end, std::int64_t share) {
  const std::int64_t whole = areas.between(row, begin, end);
  return share == kOne ? whole : scale_exactly(whole, share, kOne);
}

CutRuns cut(const RunTable& role, const Coverage& zone, const CellAreas& areas) {
  CutRuns result;
  result.first_row = zone.first_row;
  std::vector<Stretch> stretches;
  for (std::int64_t row = zone.first_row; row < zone.row_end(); ++row) {
    stretches_of(zone, row, stretches);
    const auto runs = role.of_row(row);
    const std::size_t row_start = result.table.runs.size(), base = role.offsets[static_cast<std::size_t>(row)];
    std::size_t r = 0;
    for (const Stretch& stretch : stretches) {
      while (r < runs.size() && runs[r].end <= stretch.begin) ++r;
      for (std::size_t i = r; i < runs.size() && runs[i].begin < stretch.end; ++i) {
        const std::int32_t begin = std::max(runs[i].begin, stretch.begin), end = std::min(runs[i].end, stretch.end);
        const Int128 area = covered_area(areas, row, begin, end, stretch.share);
        if (result.table.runs.size() > row_start && result.table.runs.back().end == begin) {
          result.table.runs.back().end = end;
          result.areas.back() += area;
        } else {
          result.table.runs.push_back({begin, end});
          result.areas.push_back(area);
          result.source_run.push_back(base + i);
        }
      }
    }
    result.table.offsets.push_back(result.table.runs.size());
  }
  return result;
}

std::vector<Int128> summed(const std::vector<Int128>& run_areas, const Components& components) {
  std::vector<Int128> sums(static_cast<std::size_t>(components.count()), 0);
  for (std::size_t i = 0; i < run_areas.size(); ++i) sums[static_cast<std::size_t>(components.of_run[i])] += run_areas[i];
  return sums;
}

// Drops the patches below the least area.
void drop_small(CutRuns& runs, const Reach& neighbours, Int128 least) {
  if (least <= 0) return;
  const Components patches = connect(runs.table, neighbours, runs.first_row);
  const std::vector<Int128> sums = summed(runs.areas, patches);
  CutRuns kept;
  kept.first_row = runs.first_row;
  for (std::int64_t row = 0; row < runs.table.rows(); ++row) {
    for (std::size_t i = runs.table.offsets[static_cast<std::size_t>(row)]; i < runs.table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
      if (sums[static_cast<std::size_t>(patches.of_run[i])] < least) continue;
      kept.table.runs.push_back(runs.table.runs[i]);
      kept.areas.push_back(runs.areas[i]);
      kept.source_run.push_back(runs.source_run[i]);
    }
    kept.table.offsets.push_back(kept.table.runs.size());
  }
  runs = std::move(kept);
}

// The rule that joins patches into groups: neighbours always, and gaps below the distance.
Reach group_reach(const Landscape& landscape, const FactParameters& parameters) {
  const bool strict = !parameters.connect_tie_le;
  if (parameters.connect_distance_m <= 0) return neighbour_reach(parameters.patch_directions);
  return landscape.metric.within(GridMetric::Kind::gap, parameters.connect_distance_m, strict);
}

// An area threshold in units, a relative 1e-9 lower so that sums of cells that make up the threshold reach it.
Int128 threshold_units(double m2, const CellAreas& areas) {
  return static_cast<Int128>(m2 * (1 - 1e-9) / areas.m2_per_unit());
}

}  // namespace

GreenPatches green_patches(const Landscape& landscape, const RunTable& green, const FactParameters& parameters,
                           Executor& executor) {
  executor.throw_if_cancelled();
  const Components patches = connect(green, neighbour_reach(parameters.patch_directions));
  const std::vector<Int128> sums = component_areas(green, patches, landscape.areas);
  const Int128 least = threshold_units(parameters.min_green_area_m2, landscape.areas);
  std::vector<bool> keep(sums.size());
  GreenPatches result;
  result.patches = patches.count();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    keep[i] = sums[i] >= least;
    result.large_patches += keep[i] ? 1 : 0;
  }
  result.runs_of_large = kept_runs(green, patches, keep);
  executor.memory().reserve(result.runs_of_large.bytes(), "the table of large green patches");
  return result;
}

ZonePatches zone_patches(const Landscape& landscape, const RunTable& role, const FactParameters& parameters,
                         Executor& executor) {
  ZonePatches result;
  result.zones.resize(landscape.zones.size());
  const Reach neighbours = neighbour_reach(parameters.patch_directions);
  const Int128 least = threshold_units(parameters.min_patch_area_m2, landscape.areas);
  executor.items(static_cast<std::int64_t>(landscape.zones.size()), "patches of zones", [&](std::int64_t zone) {
    const CutRuns runs = cut(role, landscape.zones[static_cast<std::size_t>(zone)].coverage, landscape.areas);
    const Components patches = connect(runs.table, neighbours, runs.first_row);
    ZonePatches::OfZone& mine = result.zones[static_cast<std::size_t>(zone)];
    for (const Int128 area : summed(runs.areas, patches)) {
      if (area < least) continue;
      ++mine.count;
      mine.area += area;
      mine.largest = std::max(mine.largest, area);
    }
  });
  return result;
}

Mesh mesh(const Landscape& landscape, const RunTable& role, const FactParameters& parameters, Executor& executor) {
  Mesh result;
  result.zones.resize(landscape.zones.size());
  const CellAreas& areas = landscape.areas;
  const Reach neighbours = neighbour_reach(parameters.patch_directions);
  const Reach reach = group_reach(landscape, parameters);
  const Int128 least = threshold_units(parameters.min_patch_area_m2, areas);

  // Groups that go on beyond the border, for the cross-boundary rule.
  executor.throw_if_cancelled();
  RunTable whole_table;
  if (least > 0) {
    const Components patches = connect(role, neighbours);
    const std::vector<Int128> sums = component_areas(role, patches, areas);
    std::vector<bool> keep(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) keep[i] = sums[i] >= least;
    whole_table = kept_runs(role, patches, keep);
  }
  const RunTable& complete_runs = least > 0 ? whole_table : role;
  const Components complete = connect(complete_runs, reach);
  const std::vector<Int128> complete_areas = component_areas(complete_runs, complete, areas);

  executor.items(static_cast<std::int64_t>(landscape.zones.size()), "links between patches", [&](std::int64_t zone) {
    const Coverage& coverage = landscape.zones[static_cast<std::size_t>(zone)].coverage;
    Mesh::OfZone& mine = result.zones[static_cast<std::size_t>(zone)];

    CutRuns runs = cut(role, coverage, areas);
    drop_small(runs, neighbours, least);
    const Components groups = connect(runs.table, reach, runs.first_row);
    mine.groups = groups.count();
    Int128 natural = 0;
    for (const Int128 area : summed(runs.areas, groups)) {
      const double m2 = areas.to_m2(area);
      natural += area;
      mine.sum_of_squares_cut += m2 * m2;
    }
    mine.natural_m2 = areas.to_m2(natural);

    const CutRuns inside = cut(complete_runs, coverage, areas);
    std::map<std::int32_t, Int128> inside_area;  // by group, so that the sum has one order
    for (std::size_t i = 0; i < inside.areas.size(); ++i) inside_area[complete.of_run[inside.source_run[i]]] += inside.areas[i];
    for (const auto& [group, area] : inside_area) {
      mine.sum_of_products_cbc += areas.to_m2(area) * areas.to_m2(complete_areas[static_cast<std::size_t>(group)]);
    }
  });
  return result;
}

}  // namespace urbiome
