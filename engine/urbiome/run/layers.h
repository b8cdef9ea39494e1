// A city's layers, read and brought onto one grid: from a recipe to the landscape that facts are computed from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/people.h"
#include "urbiome/io/legends.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/io/recipe.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

// A polygon layer in its own CRS, repaired, with what was found on the way in the audit.
struct PolygonLayer {
  std::string path;
  Crs crs;
  std::vector<Feature> features;  // those with polygons; polygons valid
  std::vector<Feature> without;   // those without: null, empty, lines or points only
};
// Throws Error{contradiction} when the layer holds no polygon at all, naming what it holds.
PolygonLayer read_polygons(const VectorRequest& request, const std::string& crs_override, const std::string& what,
                           AuditLog& audit);
PolygonLayer polygons_of(VectorLayer layer, const std::string& crs_override, const std::string& what, AuditLog& audit);

// The CRS a layer is in: the override, else the file's own; Error{contradiction} when there is none. `remedy`: where
// the override is given.
Crs crs_of(const std::string& path, const std::string& file_crs, const std::string& override_crs,
           const std::string& what, const std::string& remedy = "add crs = \"EPSG:...\" to this input");

// Notes how a layer in another CRS comes to the grid, with the accuracy that PROJ states.
void note_transformation(const std::string& path, const Crs& from, const Crs& to, AuditLog& audit);

// Set operations on the threads of an executor.
ForEach on_threads(Executor& executor);

// One zone before it meets a grid: all polygons with one id, in the layer's CRS.
struct ZoneShape {
  std::string path, level, id, name;
  Crs crs;
  MultiPolygon shape;
  bool overlaps = false;  // zones of its level lie over each other on more than a thousandth of their ground
};
std::vector<ZoneShape> read_zones(const Recipe& recipe, Executor& executor, AuditLog& audit);
std::optional<ZoneShape> read_boundary(const Recipe& recipe, AuditLog& audit);

// Land cover of one date, opened.
struct LandCoverLayer {
  LandCoverInput input;
  RasterInfo info;
  Legend legend;
  std::shared_ptr<TileSource> source;  // on the file's own grid
  Crs crs;
  bool blank = false;  // there is none: every cell is unknown
};
LandCoverLayer open_land_cover_layer(const LandCoverInput& input, const Parameters& parameters, AuditLog& audit);

// On a lat/lon grid: every polygon moved by 360 degrees where only that brings it onto the grid.
MultiPolygon beside_antimeridian(MultiPolygon shape, const Grid& grid);

// A shape in the grid's CRS `to`, valid, and on lat/lon grids on the grid's side of the antimeridian.
MultiPolygon on_grid(const MultiPolygon& shape, const Transformer& transformer, const Crs& to, const Grid& grid);

// Zones and green spaces laid on the land cover's grid.
Landscape make_landscape(const Recipe& recipe, const LandCoverLayer& land_cover, const std::vector<ZoneShape>& zones,
                         const std::optional<ZoneShape>& boundary, Executor& executor, AuditLog& audit);

// The ground under those listed spaces that count.
MultiPolygon union_of_spaces(const std::vector<ListedSpace>& spaces,
                             const std::function<bool(const ListedSpace&)>& counts, Executor& executor);

// The polygons that meet a box, by their own `boxes` in the same order.
MultiPolygon polygons_near(const MultiPolygon& shapes, const std::vector<Box>& boxes, const Box& box);
std::vector<Box> boxes_of(const MultiPolygon& shapes);

// Of each polygon, on the ellipsoid of `crs`.
std::vector<double> true_areas_m2(const MultiPolygon& shapes, const Crs& crs);

// Where people of a layer went, for the audit and for run.json.
struct PeopleAccount {
  std::string path;
  double total = 0, placed = 0, outside = 0;  // outside every cell of the analysis grid
};

// All residents on the landscape's grid, zone by zone, and after them each group of the recipe. The landscape must
// outlive them. `built` is needed when a layer says spread = "built".
std::vector<Population> place_people(const Recipe& recipe, const Landscape& landscape, const Crs& crs,
                                     const RunTable* built, Executor& executor, AuditLog& audit,
                                     std::vector<PeopleAccount>& accounts);

}  // namespace urbiome
