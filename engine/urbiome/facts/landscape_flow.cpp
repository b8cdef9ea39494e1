#include "urbiome/facts/landscape_flow.h"

#include <algorithm>

namespace urbiome {
namespace {

bool contains(const std::vector<FactId>& facts, FactId id) {
  return std::find(facts.begin(), facts.end(), id) != facts.end();
}

ClassSet members_of(const std::vector<LegendClass>& classes, std::optional<Role> role) {
  ClassSet members{};
  for (std::size_t i = 0; i < classes.size(); ++i)
    members[i] = classes[i].missing == Missing::no && (!role || classes[i].roles.has(*role));
  return members;
}

Window hull(const Window& a, const Window& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const std::int64_t row = std::min(a.row, b.row), col = std::min(a.col, b.col);
  return {row, col, std::max(a.row_end(), b.row_end()) - row, std::max(a.col_end(), b.col_end()) - col};
}

// Roles whose bits the facts need, none standing for known cells.
std::vector<std::optional<Role>> roles_for(const std::vector<FactId>& facts, const FactParameters& parameters,
                                           bool tells_green, const std::vector<Role>& more) {
  std::vector<std::optional<Role>> roles;
  const auto want = [&](std::optional<Role> role) {
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
  };
  const bool places = contains(facts, FactId::green_places) && tells_green && parameters.near_from_land_cover;
  if (places || contains(facts, FactId::green_around)) want(Role::green);
  if (contains(facts, FactId::zone_patches)) want(parameters.patch_role);
  if (contains(facts, FactId::mesh)) want(parameters.connect_role);
  for (const Role role : more) want(role);
  if (contains(facts, FactId::people)) want(std::nullopt);
  return roles;
}

}  // namespace

// What one phase feeds.
struct LandscapeFlow::Flows {
  std::unique_ptr<GreenPlacesFlow> green;
  std::unique_ptr<ZonePatchesFlow> patches;
  std::unique_ptr<SmallPatchesFlow> small;
  std::unique_ptr<MeshFlow> mesh;
  bool patches_from_green = false;  // zones that cover all land cover take whole green patches as theirs

  bool any() const { return green || patches || small || mesh; }
};

std::size_t LandscapeFlow::sets_for(const std::vector<FactId>& facts, const FactParameters& parameters,
                                    bool tells_green, const std::vector<Role>& more_roles) {
  return roles_for(facts, parameters, tells_green, more_roles).size();
}

LandscapeFlow::LandscapeFlow(const Landscape& landscape, std::vector<FactId> facts, const FactParameters& parameters,
                             const std::vector<Role>& more_roles, Executor& executor, KeepMasks keep)
    : landscape_(landscape), facts_(std::move(facts)), parameters_(parameters), executor_(executor) {
  roles_ = roles_for(facts_, parameters, landscape.knowable.has(Role::green), more_roles);
  Window area = ClassAreasFlow(landscape, 0).touched();
  if (!roles_.empty()) area = hull(area, landscape.mapped);
  std::vector<ClassSet> sets;
  for (const auto& role : roles_) sets.push_back(members_of(landscape.source->classes(), role));
  const std::int64_t bytes = RoleMasks::bytes_for(sets.size(), area.rows, landscape.grid().width);
  const bool fits = bytes <= executor.memory().limit() / 8;
  masks_.emplace(landscape, std::move(sets), area,
                 keep == KeepMasks::always || (keep == KeepMasks::where_they_fit && fits), executor);
  for (const Zone& zone : landscape.zones) whole_zones_.push_back(covers_all(zone.coverage, landscape.mapped));
}

bool LandscapeFlow::wants(FactId id) const { return contains(facts_, id); }

bool LandscapeFlow::green_cells_count() const {
  return wants(FactId::green_places) && landscape_.knowable.has(Role::green) && parameters_.near_from_land_cover;
}

std::size_t LandscapeFlow::set_of(std::optional<Role> role) const {
  return static_cast<std::size_t>(std::find(roles_.begin(), roles_.end(), role) - roles_.begin());
}

RoleRows LandscapeFlow::rows_of(std::size_t set, std::int64_t first, std::int64_t end) const {
  RoleRows rows{first, {}};
  for (std::int64_t row = first; row < end; ++row) {
    masks_->append_runs(set, row, rows.runs.runs);
    rows.runs.offsets.push_back(rows.runs.runs.size());
  }
  return rows;
}

// Rows first .. end - 1 of all roles: first what looks at the whole land, then zone by zone.
void LandscapeFlow::stretch(Flows& flows, std::int64_t first, std::int64_t end) {
  std::vector<RoleRows> rows(roles_.size());
  const auto whole_patch = [&](const Component& patch) {
    for (std::size_t zone = 0; flows.patches_from_green && zone < whole_zones_.size(); ++zone) {
      if (whole_zones_[zone]) flows.patches->add_patch(zone, patch);
    }
  };
  const std::size_t green = set_of(Role::green), patch = set_of(parameters_.patch_role);
  const std::size_t connect = set_of(parameters_.connect_role);
  executor_.parts(static_cast<std::int64_t>(roles_.size()), "patches", [&](std::int64_t i) {
    const auto set = static_cast<std::size_t>(i);
    const bool used = (set == green && flows.green) || (set == patch && flows.patches) ||
                      (set == connect && (flows.mesh || flows.small));
    if (!used) return;
    rows[set] = rows_of(set, first, end);
    if (set == green && flows.green && flows.green->takes_cells()) flows.green->add(rows[set], whole_patch);
    if (set == connect && flows.mesh) flows.mesh->add_whole(rows[set]);
    if (set == connect && flows.small) flows.small->add_whole(rows[set]);
  });
  std::vector<std::size_t> zones;
  for (std::size_t zone = 0; zone < landscape_.zones.size(); ++zone) {
    const Coverage& coverage = landscape_.zones[zone].coverage;
    if (coverage.first_row < end && coverage.row_end() > first) zones.push_back(zone);
  }
  executor_.parts(static_cast<std::int64_t>(zones.size()), "patches of zones", [&](std::int64_t i) {
    const std::size_t zone = zones[static_cast<std::size_t>(i)];
    const bool given = flows.patches_from_green && whole_zones_[zone];
    if (flows.patches && !given) flows.patches->add_zone(zone, rows[patch]);
    if (flows.small) flows.small->add_zone(zone, rows[connect]);
    if (flows.mesh) flows.mesh->add_zone(zone, rows[connect]);
  });
  if (flows.mesh) flows.mesh->settle();
}

void LandscapeFlow::pass(Flows& flows, const RoleMasks::EachTile& each, std::string_view phase) {
  const auto wave = static_cast<std::size_t>(executor_.threads());
  const Window& area = masks_->area();
  masks_->load(0, wave, each);
  for (std::size_t band = 0; band < masks_->bands(); band += wave) {
    const std::size_t last = std::min(band + wave, masks_->bands());
    const std::int64_t end = masks_->row_end(last - 1);
    // Bands that come next are decoded while these are worked on.
    masks_->load(last, last + wave, each, [&] {
      for (std::int64_t row = masks_->first_row(band); flows.any() && row < end; row += kStretchRows)
        stretch(flows, row, std::min(row + kStretchRows, end));
    });
    masks_->forget_above(end);
    executor_.tell(phase, static_cast<double>(end - area.row) / static_cast<double>(area.rows));
  }
}

void LandscapeFlow::read() {
  ClassAreasFlow tally(landscape_, executor_.threads());
  Flows flows;
  if (wants(FactId::green_places))
    flows.green = std::make_unique<GreenPlacesFlow>(landscape_, parameters_, green_cells_count(), executor_);
  if (wants(FactId::zone_patches)) flows.patches = std::make_unique<ZonePatchesFlow>(landscape_, parameters_);
  flows.patches_from_green =
      flows.patches && flows.green && flows.green->patches_are_pure() && parameters_.patch_role == Role::green;
  // What is taken from the cells themselves is taken the first time that they are decoded.
  RoleMasks::EachTile each = [this, &tally](int slot, const Window& tile, std::span<const ClassIndex> cells) {
    if (wants(FactId::class_areas)) tally.consume(slot, tile, cells);
    if (preview_ != nullptr) preview_->consume(tile, cells);
  };
  const bool drops_small = wants(FactId::mesh) && threshold_units(parameters_.min_patch_area_m2, landscape_.areas) > 0;
  std::unique_ptr<SmallPatchesFlow> small;
  if (drops_small) {
    Flows before;
    before.small = std::make_unique<SmallPatchesFlow>(landscape_, parameters_);
    pass(before, each, "patches below the least area");
    each = {};
    small = std::move(before.small);
    small->finish();
  }
  if (wants(FactId::mesh)) flows.mesh = std::make_unique<MeshFlow>(landscape_, parameters_, small.get(), whole_zones_);
  pass(flows, each, "reading land cover");
  if (wants(FactId::class_areas)) class_areas = tally.finish();
  const auto whole_patch = [&](const Component& patch) {
    for (std::size_t zone = 0; flows.patches_from_green && zone < whole_zones_.size(); ++zone) {
      if (whole_zones_[zone]) flows.patches->add_patch(zone, patch);
    }
  };
  if (flows.green) green_places = flows.green->finish(whole_patch);
  if (flows.patches) zone_patches = flows.patches->finish();
  if (flows.mesh) mesh = flows.mesh->finish();
}

RunTable LandscapeFlow::runs_of(Role role) {
  const std::size_t set = set_of(role);
  RunTable table;
  const Window& area = masks_->area();
  for (std::int64_t row = 0; row < landscape_.grid().height; ++row) {
    if ((row - area.row) % 1024 == 0) {
      masks_->load_rows(row, row + 1024);
      executor_.memory().check("the table of runs");
    }
    masks_->append_runs(set, row, table.runs);
    table.offsets.push_back(table.runs.size());
    if ((row - area.row) % 1024 == 1023) masks_->forget_above(row + 1);
  }
  executor_.memory().reserve(table.bytes(), "the table of runs");
  return table;
}

std::vector<ZonePeople> LandscapeFlow::people(std::span<const Population> populations,
                                              std::span<const AccessQuestion> access, const StreetsNearby* streets) {
  PeopleQuestions questions;
  questions.masks = &*masks_;
  questions.known = set_of(std::nullopt);
  questions.green = set_of(Role::green);
  questions.canopy = set_of(Role::canopy);
  questions.around = wants(FactId::green_around);
  if (wants(FactId::near_green) && green_places) questions.near_green = &*green_places;
  questions.access = access;
  questions.streets = streets;
  return zone_people(landscape_, populations, questions, parameters_, executor_);
}

}  // namespace urbiome
