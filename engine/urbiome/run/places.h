// Places of any point or polygon layer, or of a csv of coordinates, in a plane of metres.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/local_plane.h"

namespace urbiome {

struct PlacesRequest {
  std::string path, layer, id, crs;    // id: a column; empty: the feature number. crs: an override
  std::string x, y;                    // columns of a csv's coordinates, in `crs` or WGS 84
  std::string amount;                  // a column of numbers; empty: none is read
  std::vector<std::string> more = {};  // further columns of numbers
  std::string label = {};              // a column of text; empty: none is read
  std::string say_crs = "say it (--origins-crs, --targets-crs), or write it into the file";  // where there is none
};

struct Place {
  std::string id;
  std::vector<Point> points;
  MultiPolygon polygons;
  std::optional<double> amount;  // empty where the cell is
  std::vector<std::optional<double>> more = {};
  std::string label = {};
};

// A plane round the middle of a layer. Throws as read_places(); Error{contradiction}: it holds no points or polygons.
LocalPlane plane_of(const PlacesRequest& request);

// In the order of the file, those without geometry too. Throws Error: unreadable; contradiction: no CRS, a missing
// column, an amount that is negative or no number, naming the place. What lies nowhere in its CRS, and lines, are
// warnings.
std::vector<Place> read_places(const PlacesRequest& request, const LocalPlane& plane, Executor& executor,
                               AuditLog& audit);

// Cells of a raster of counts that hold anybody, by their centres, named by row * width + column; `amount` is the
// count. Throws Error: unreadable; contradiction: no CRS, a negative count, naming the cell.
std::vector<Place> read_cells(const std::string& path, int band, const std::string& crs, const LocalPlane& plane,
                              AuditLog& audit);

}  // namespace urbiome
