// A GeoPackage that is written layer by layer. For the writers of this module only.
//
// The same input gives the same bytes: the dates inside the container are fixed (2000-01-01).
#pragma once

#include <ogrsf_frmts.h>

#include <memory>
#include <optional>
#include <string>

#include "urbiome/base/table.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Sets a GDAL option for this thread while it lives.
class ThreadOption {
 public:
  ThreadOption(const char* key, const char* value);
  ~ThreadOption();
  ThreadOption(const ThreadOption&) = delete;
  ThreadOption& operator=(const ThreadOption&) = delete;

 private:
  const char* key_;
  std::optional<std::string> before_;
};

// Every call throws Error{unwritable} naming the path when something does not reach the file.
class GeoPackage {
 public:
  explicit GeoPackage(const std::string& path);  // written anew

  // `crs`: WKT or what else OGR understands, else Error{contradiction}; may be empty.
  OGRLayer& add_layer(const std::string& name, const std::string& crs, OGRwkbGeometryType type,
                      const char* fid = "fid");
  void add_field(OGRLayer& layer, const std::string& name, OGRFieldType type, OGRFieldSubType subtype = OFSTNone);
  void add_feature(OGRLayer& layer, OGRFeature& feature);
  void run(const std::string& sql);
  void begin();
  void commit();
  void close();

 private:
  void check(bool good);

  std::string path_;
  const ThreadOption time_{"OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z"};
  GdalErrors errors_;
  GdalDataset dataset_;
};

std::unique_ptr<OGRMultiPolygon> ogr_shape_of(const MultiPolygon& shape);
std::unique_ptr<OGRLineString> ogr_shape_of(const Ring& line);
void set_cell(OGRFeature& feature, int field, const Cell& cell);
// Text, whole numbers or reals: what all cells of a column fit in.
OGRFieldType field_type(const Table& table, std::size_t column);

}  // namespace urbiome
