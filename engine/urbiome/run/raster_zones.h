// Zones of a raster tool: polygons laid on the raster's grid.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

struct ZonesRequest {
  std::string path, layer, id;  // id: the column that names zones; empty: every feature is a zone, named by its number
  bool by_centre = false;       // cells by their centre instead of their covered share
};

struct ZoneCoverage {
  std::string id;
  Coverage coverage;
};

// Zones as read, to be laid one by one: for tables that never hold them all.
class ZoneShapes {
 public:
  // Features with one id are one zone; those with an empty id are left out. In file order. Error{contradiction}: no
  // polygon at all; Error{unreadable}: no such file.
  ZoneShapes(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& request, const Executor& executor,
             AuditLog& audit);
  ~ZoneShapes();

  std::size_t size() const;
  const std::string& id(std::size_t zone) const;
  // On a thread of the executor. The zone's polygons are given up: a zone is laid once.
  Coverage lay(std::size_t zone);

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// What lay_zones() says where no zone covers anything; for those who lay them one by one.
void warn_that_none_touches(const ZonesRequest& request, std::size_t zones, AuditLog& audit);

std::vector<ZoneCoverage> lay_zones(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& request,
                                    Executor& executor, AuditLog& audit);

}  // namespace urbiome
