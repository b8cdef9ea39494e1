// Residential land of a city, and how much of it lies near to places: what China's service radius counts by.
//
//   const ResidentialLand land(recipe.layers.at("residential"), landscape, crs, executor, audit);
//   std::vector<std::optional<double>> share = land.within(places->shapes, 500);   // by zone
#pragma once

#include <optional>
#include <vector>

#include "urbiome/io/recipe.h"
#include "urbiome/run/layers.h"

namespace urbiome {

class ResidentialLand {
 public:
  // Keeps landscape, CRS and executor. Throws Error: unreadable; contradiction: a raster, no CRS, no polygons.
  ResidentialLand(const NamedLayerInput& input, const Landscape& landscape, const Crs& crs, Executor& executor,
                  AuditLog& audit);

  // Of every zone the share of its residential land that lies within a distance of shapes in a straight line, by areas
  // on the ellipsoid; empty where there is none.
  std::vector<std::optional<double>> within(const MultiPolygon& shapes, double distance_m) const;

 private:
  const Landscape& landscape_;
  const Crs& crs_;
  Executor& executor_;
  std::vector<MultiPolygon> in_zone_;
};

}  // namespace urbiome
