// The door to GDAL: registration, errors and handles, for the readers and writers of this module only.
//
// GDAL reports errors through a handler per thread and by return codes. A GdalErrors object collects what is said on
// its own thread while it lives, so that nothing is printed and an Error can quote GDAL's own words.
//
//   open_gdal();
//   GdalErrors errors;
//   GdalDataset file = open_dataset("cover.tif", GDAL_OF_RASTER, "raster");
//   band->RasterIO(...);
//   errors.throw_if_failed(ErrorCode::unreadable, "cover.tif");
//
// A dataset handle belongs to one thread at a time.
#pragma once

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <memory>
#include <string>
#include <vector>

#include "urbiome/base/error.h"

namespace urbiome {

// Registers the drivers, once per process; cheap to call again, from any thread.
void open_gdal();

// Collects GDAL's messages on this thread from construction to destruction (both on the same thread; they nest).
class GdalErrors {
 public:
  GdalErrors();
  ~GdalErrors();
  GdalErrors(const GdalErrors&) = delete;
  GdalErrors& operator=(const GdalErrors&) = delete;

  bool failed() const { return failed_; }  // something worse than a warning was said
  std::string text() const;                // the failures, or else the warnings, in one line
  std::string last_failure() const;        // the one that sums up the others
  const std::vector<std::string>& warnings() const { return warnings_; }  // each once, at most 20
  void clear();
  // Throws Error(code, "<context>: <text>") when failed().
  void throw_if_failed(ErrorCode code, const std::string& context) const;

 private:
  static void collect(CPLErr level, CPLErrorNum number, const char* message);
  bool failed_ = false;
  std::vector<std::string> failures_, warnings_;
};

struct GdalCloser {
  void operator()(GDALDataset* dataset) const;
};
using GdalDataset = std::unique_ptr<GDALDataset, GdalCloser>;

// Opens read-only (unless flags hold GDAL_OF_UPDATE) and not shared. `what` is the noun of the error: "raster", "vector
// layer". `options` are driver open options, "NAME=value". Throws Error{unreadable}.
GdalDataset open_dataset(const std::string& path, unsigned flags, const std::string& what,
                         const std::vector<std::string>& options = {}, const std::vector<std::string>& drivers = {});

// The same without an error: empty when GDAL does not know the file.
GdalDataset try_open_dataset(const std::string& path, unsigned flags, const std::vector<std::string>& options = {});

// Closes and reports what was only found out while flushing (a full disk); Error{unwritable} naming `path`.
void close_written(GdalDataset dataset, const std::string& path);

// WKT2 of a reference system; empty for nullptr or one that has no WKT.
std::string wkt_of(const OGRSpatialReference* crs);

// Valid UTF-8: text that is not is taken for Latin-1. `changed` (if given) is set when that happened.
std::string utf8_of(const char* text, bool* changed = nullptr);

}  // namespace urbiome
