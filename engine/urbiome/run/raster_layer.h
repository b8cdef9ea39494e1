// One raster opened for a tool: its cells, where they lie and how large they are.
//
// Tools accept a raster without CRS: its unit is then the metre, with a warning in the audit.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// Which raster, and what its codes mean.
struct RasterRequest {
  std::string path;
  int band = 1;
  std::string crs;     // override
  std::string legend;  // a shipped id or a file; empty: every value is a class
  bool unlisted_is_unknown = false;
};

// Which cells are meant: those of the listed codes, or of classes with a role. Both empty: no choice was made.
struct ClassChoice {
  std::vector<std::string> codes;  // "10", or "600..622" where the legend has ranges
  std::string role;                // "green"; needs a legend
  bool empty() const { return codes.empty() && role.empty(); }
};

struct ClassLayer {
  RasterInfo info;
  Legend legend;
  std::shared_ptr<TileSource> source;
  std::optional<Crs> crs;

  const Grid& grid() const { return source->grid(); }
};
ClassLayer open_classes(const RasterRequest& request, AuditLog& audit);

// The classes that a choice means. Error{usage}: a code that the legend lacks, a role without a legend, both or none.
ClassSet members_of(const ClassLayer& layer, const ClassChoice& choice);

struct ValuesLayer {
  RasterInfo info;
  std::shared_ptr<ValueSource> source;
  std::optional<Crs> crs;

  const Grid& grid() const { return source->grid(); }
};
ValuesLayer open_value_layer(const std::string& path, int band, const std::string& crs, AuditLog& audit);

// True cell areas in m2 and distances in metres; a grid without CRS is planar in metres.
CellAreas areas_of(const Grid& grid, const std::optional<Crs>& crs);
CellAreaRows area_rows_of(const Grid& grid, const std::optional<Crs>& crs);  // the same, some rows at a time
// Error{contradiction} where lengths in the CRS are off by more than 1 % (Web Mercator), naming the remedy.
GridMetric metric_of(const Grid& grid, const std::optional<Crs>& crs, const std::string& path);

// A raster of a file, where two have to lie on the same cells.
struct GridOfFile {
  std::string path;
  Grid grid;
  std::optional<Crs> crs;
};
// Error{contradiction} unless both are the same_grid, in the same CRS where both name one. `remedy`: where gdalwarp is
// not all there is to say.
void require_same_grid(const GridOfFile& one, const GridOfFile& other,
                       const std::string& remedy = "warp one to the other (gdalwarp -te ... -ts ... -r near)");

// Warns where only one of both names a CRS: a layer of features on a raster is then taken to be in its coordinates.
void warn_of_one_crs(const std::string& layer_path, bool layer_has_crs, const std::optional<Crs>& raster_crs,
                     AuditLog& audit);

// The CRS of a file: the override (--crs), else its own, else none with a warning.
std::optional<Crs> optional_crs(const std::string& path, const std::string& file_crs, const std::string& override_crs,
                                AuditLog& audit);

}  // namespace urbiome
