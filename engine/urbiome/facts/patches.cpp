#include "urbiome/facts/patches.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace urbiome {
namespace {

// Area of each run, all cells whole.
std::vector<Int128> component_areas(const RunTable& table, const Components& components, const CellAreas& areas,
                                    std::int64_t first_row = 0) {
  std::vector<Int128> sums(static_cast<std::size_t>(components.count()), 0);
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = table.offsets[static_cast<std::size_t>(row)];
         i < table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
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
    for (std::size_t i = table.offsets[static_cast<std::size_t>(row)];
         i < table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
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
  std::vector<Int128> areas;            // of each run
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

Int128 covered_area(const CellAreas& areas, std::int64_t row, std::int32_t begin, std::int32_t end,
                    std::int64_t share) {
  const std::int64_t whole = areas.between(row, begin, end);
  return share == kOne ? whole : scale_exactly(whole, share, kOne);
}

// The most that the runs of the largest zone take: cut, joined and with their areas.
std::int64_t cut_bytes(const RunTable& role) {
  return static_cast<std::int64_t>(role.runs.size() *
                                   (sizeof(Run) + sizeof(Int128) + sizeof(std::size_t) + sizeof(std::int32_t)));
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
  for (std::size_t i = 0; i < run_areas.size(); ++i)
    sums[static_cast<std::size_t>(components.of_run[i])] += run_areas[i];
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
    for (std::size_t i = runs.table.offsets[static_cast<std::size_t>(row)];
         i < runs.table.offsets[static_cast<std::size_t>(row) + 1]; ++i) {
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

namespace {

// Disjoint sets of places with the area of each.
class Places {
 public:
  explicit Places(std::vector<Int128> areas) : areas_(std::move(areas)), parent_(areas_.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a), b = root(b);
    if (a == b) return;
    if (b < a) std::swap(a, b);
    parent_[b] = a;
    areas_[a] += areas_[b];
  }
  void take_away(std::size_t i, Int128 area) { areas_[root(i)] -= area; }
  Int128 area(std::size_t i) { return areas_[root(i)]; }

 private:
  std::vector<Int128> areas_;
  std::vector<std::size_t> parent_;
};

// Joins mapped spaces with the patches whose cells they cover; shared ground is taken away once.
void join_overlapping(const Landscape& landscape, const RunTable& green, const Components& patches, Places& places) {
  const auto first_space = static_cast<std::size_t>(patches.count());
  for (std::size_t i = 0; i < landscape.green_spaces.polygons.size(); ++i) {
    const Coverage coverage = cover_exactly({{landscape.green_spaces.polygons[i]}}, landscape.grid());
    const CutRuns shared = cut(green, coverage, landscape.areas);
    for (std::size_t k = 0; k < shared.areas.size(); ++k) {
      places.join(first_space + i, static_cast<std::size_t>(patches.of_run[shared.source_run[k]]));
      places.take_away(first_space + i, shared.areas[k]);
    }
  }
}

}  // namespace

GreenPlaces green_places(const Landscape& landscape, const RunTable* green, const FactParameters& parameters,
                         Executor& executor) {
  executor.throw_if_cancelled();
  const bool cells_count = parameters.near_from_land_cover && green != nullptr;
  const bool spaces_count = parameters.near_from_spaces && landscape.has_green_spaces;
  const Components patches = cells_count ? connect(*green, neighbour_reach(parameters.patch_directions)) : Components{};
  std::vector<Int128> areas = cells_count ? component_areas(*green, patches, landscape.areas) : std::vector<Int128>{};
  if (spaces_count) {
    for (const double m2 : landscape.green_space_areas_m2)
      areas.push_back(static_cast<Int128>(m2 / landscape.areas.m2_per_unit()));
  }
  Places places(std::move(areas));
  if (cells_count && spaces_count) join_overlapping(landscape, *green, patches, places);

  const Int128 least = threshold_units(parameters.min_green_area_m2, landscape.areas);
  const auto first_space = static_cast<std::size_t>(patches.count());
  GreenPlaces result;
  if (cells_count) {
    std::vector<bool> keep(first_space);
    for (std::size_t i = 0; i < first_space; ++i) keep[i] = places.area(i) >= least;
    result.runs = kept_runs(*green, patches, keep);
    executor.memory().reserve(result.runs->bytes(), "the table of large green patches");
  }
  if (spaces_count) {
    for (std::size_t i = 0; i < landscape.green_spaces.polygons.size(); ++i)
      result.spaces.push_back(places.area(first_space + i) >= least);
  }
  return result;
}

ZonePatches zone_patches(const Landscape& landscape, const RunTable& role, const FactParameters& parameters,
                         Executor& executor) {
  ZonePatches result;
  result.zones.resize(landscape.zones.size());
  const Reach neighbours = neighbour_reach(parameters.patch_directions);
  const Int128 least = threshold_units(parameters.min_patch_area_m2, landscape.areas);
  executor.memory().check("the table of patches", cut_bytes(role));
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
  executor.memory().check("the table of linked patches", 2 * cut_bytes(role));
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
    for (std::size_t i = 0; i < inside.areas.size(); ++i)
      inside_area[complete.of_run[inside.source_run[i]]] += inside.areas[i];
    Int128 natural_cbc = 0;
    for (const auto& [group, area] : inside_area) {
      natural_cbc += area;
      mine.sum_of_products_cbc += areas.to_m2(area) * areas.to_m2(complete_areas[static_cast<std::size_t>(group)]);
    }
    mine.natural_cbc_m2 = areas.to_m2(natural_cbc);
  });
  return result;
}

}  // namespace urbiome
