// Pictures of the report: zone outlines as SVG paths, the map of classes as a PNG inside the page.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace urbiome {

struct DrawnZone {
  std::string level, id, name, path;  // path: the d attribute, empty without a shape
};

// Drawn in the plane of the zones' reference system, or with longitudes shortened by the cosine of the middle latitude;
// coordinates are whole steps of 1/2000 of the longer side.
struct ZoneDrawing {
  int width = 1, height = 1;  // of the SVG's viewBox
  std::vector<DrawnZone> zones;
};
ZoneDrawing draw_zones(const std::string& geopackage);

struct ClassPicture {
  std::string data_uri;  // image/png
  int width = 0, height = 0;
  std::map<int, std::array<std::uint8_t, 3>> colours;  // of the values that have a name
  std::map<int, std::string> names;
};
// At most `longest` pixels on the longer side; each pixel shows the most frequent class below it.
ClassPicture draw_classes(const std::string& raster, int longest = 900);

}  // namespace urbiome
