// Uses one thing from the bottom, the middle and the top of the engine, as another project would.
#include <cmath>
#include <cstdio>

#include "urbiome/base/exact.h"
#include "urbiome/raster/grid.h"
#include "urbiome/run/api.h"
#include "urbiome/vector/crs.h"

static int failed(const char* what) {
  std::fprintf(stderr, "consumer: %s\n", what);
  return 1;
}

int main() {
  using namespace urbiome;
  if (from_fixed(to_fixed(2.5)) != 2.5) return failed("fixed-point numbers do not read back");

  const Grid grid{0, 100, 10, 10, 4, 3};
  if (grid.cells() != 12 || grid.y_of(3) != 70) return failed("a grid miscounts its cells");

  const Transformer to_utm(Crs::parse("EPSG:4674"), Crs::parse("EPSG:31985"));
  const Point meridian = to_utm({-33, -8});
  if (std::abs(meridian.x - 500000) > 1e-3) return failed("the central meridian is not at 500 km east");

  if (version().empty()) return failed("the engine does not know its version");
  if (catalogue_table().rows.empty()) return failed("the catalogue is empty");
  std::puts("consumer: fine");
}
