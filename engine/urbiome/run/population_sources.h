// People as the recipe gives them: points, polygons or raster cells with a count each, in the layer's CRS.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "urbiome/io/recipe.h"
#include "urbiome/run/layers.h"

namespace urbiome {

struct PeopleAt {
  std::vector<double> people;  // all, then each group that was asked for
  bool is_point = false;
  Point point;
  MultiPolygon shape;  // empty for points, and for people without a usable place
};

struct PopulationSource {
  Crs crs;
  std::vector<PeopleAt> items;
};

// Counts in the cells of a raster, checked as those of read_population(); NaN where there is no number.
struct PopulationRaster {
  Crs crs;
  Grid grid;
  std::vector<double> people;  // row-major
};
// Nothing when the layer is no raster.
std::optional<PopulationRaster> read_population_raster(const PopulationInput& input, AuditLog& audit);
// A group that is given by bands: their sum.
PopulationRaster read_group_raster(const PopulationInput& input, const std::string& group, AuditLog& audit);

// The groups of all populations, each once, in the order of their names.
std::vector<std::string> group_names(const Recipe& recipe);
// The rectangles of its cells with somebody in them.
PopulationSource cells_of(const PopulationRaster& raster);
MultiPolygon cell_shape(const Grid& grid, std::int64_t row, std::int64_t col);

// Every count is finite and >= 0 (Error{contradiction} otherwise, naming the place); geometry is valid; rows without a
// number count as nobody, with a warning. Cells of rasters with nobody in them are left out.
// `groups`: those to read from columns; one that the input does not name counts nobody. Error{contradiction} where a
// group counts more people than there are in all.
PopulationSource read_population(const PopulationInput& input, const std::vector<std::string>& groups, AuditLog& audit);

// Error{contradiction} when a group counts more people than all; a warning when the groups together do, as those may
// overlap. `people`: all, then each group.
void check_groups(const PopulationInput& input, std::span<const double> people, const std::vector<std::string>& groups,
                  AuditLog& audit);

// "1531803", "0.25": a number of people for a sentence.
std::string people_text(double people);

// Says where a layer's people went: a warning when some are outside. `inside` and `outside` name both places in words.
void report_people(const PeopleAccount& account, const std::string& inside, const std::string& outside,
                   AuditLog& audit);

// Warns when there are several populations: they are added up, which counts people twice unless they are different
// people.
void warn_of_several(const Recipe& recipe, AuditLog& audit);

}  // namespace urbiome
