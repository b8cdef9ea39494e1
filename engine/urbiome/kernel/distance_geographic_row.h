// The steps of distance_geographic.h along one row, chosen for the processor at run time. For that kernel alone.
#pragma once

#include <cstddef>
#include <vector>

namespace urbiome::distance_row {

// Candidates of a row of cells: each column's nearest members above and below. Padded on both sides by kGeographicLead
// columns without members: north is infinite, east 0.
inline constexpr std::size_t kGeographicLead = 128, kGeographicBlock = 64, kGeographicColumns = 64;

struct GeographicRow {
  GeographicRow(std::size_t width, std::vector<double> sin2_of_columns);

  std::size_t width, blocks;
  struct Candidates {
    std::vector<double> north, east;
    std::vector<double> ids;  // whole numbers; only for search_geographic_ids
  } above, below;
  std::vector<double> lowest_north, lowest_east;  // by block, of both; one block more on each side
  std::vector<double> sin2;                       // sin2[origin + k]: of k columns to the right
  std::size_t origin;
  std::vector<double> best, best_north;  // by column, padded to blocks: the least key and its share north
  std::vector<double> best_ids;          // the smallest id with that key

  void make_room_for_ids();
};

// Fills best and best_north from the candidates; keys above `limit` need not be found.
void search_geographic(double limit, GeographicRow& row);
// Fills best_ids too, after make_room_for_ids().
void search_geographic_ids(double limit, GeographicRow& row);

}  // namespace urbiome::distance_row
