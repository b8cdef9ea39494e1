// People given as counts in the cells of a raster, spread over the land cover's cells when their rows are asked for.
//
// Nothing is laid out beforehand: a cell of people is a rectangle, so its covered shares are products of rows and
// columns, and whole rows of people share their columns, their zones and the areas of the cells below them. The pieces
// and amounts are those that spreading each rectangle by itself would give, to the last unit.
#pragma once

#include <vector>

#include "urbiome/facts/landscape.h"
#include "urbiome/facts/people.h"

namespace urbiome {

class RasterPeople : public PeopleSource {
 public:
  // `people` are counts by cell of `grid` (same CRS as the landscape, row-major; 0 or NaN: nobody there). Cells that
  // are not wholly on the landscape's grid must hold nobody.
  RasterPeople(const Grid& grid, std::vector<double> people, const Landscape& landscape);

  std::int64_t rows_together() const override;
  void rows(std::int64_t first, std::int64_t end, PeopleRows& out) const override;
  std::int64_t bytes() const { return static_cast<std::int64_t>(people_.capacity() * sizeof(double)); }

 private:
  // The columns of the landscape under a column of people.
  struct Columns {
    std::int32_t first, last;  // first and last column touched
    double left, right;        // positions of both sides within their columns, 0 .. 1
  };
  class RowOfPeople;

  Grid grid_;
  std::vector<double> people_;
  const Landscape& landscape_;
  std::vector<Columns> columns_;
};

}  // namespace urbiome
