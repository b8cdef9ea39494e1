// Coverage against the published cases of another program (tests/kernel needs the folder of truth to run them).
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "urbiome/base/error.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

Grid grid_of(const nlohmann::json& one) {
  const auto box = one["grid"].get<std::vector<double>>();
  const double dx = one["dx"].get<double>(), dy = one["dy"].get<double>();
  return {box[0], box[3], dx, dy, std::llround((box[2] - box[0]) / dx), std::llround((box[3] - box[1]) / dy)};
}

double share_at(const Coverage& coverage, std::int64_t row, std::int64_t col) {
  for (const CellSpan& span : coverage.spans_of(row)) {
    if (span.begin <= col && col < span.end) return 1;
  }
  for (const PartialCell& cell : coverage.partials_of(row)) {
    if (cell.col == col) return from_fixed(cell.share);
  }
  return 0;
}

double total(const Coverage& coverage) {
  Int128 sum = 0;
  for (const CellSpan& span : coverage.spans) sum += static_cast<Int128>(span.end - span.begin) * kOne;
  for (const PartialCell& cell : coverage.partials) sum += cell.share;
  return from_fixed(sum);
}

// The expected rows cover the cells that the polygon's box touches; all others are 0.
void expect_matrix(const nlohmann::json& one, const MultiPolygon& shape, const Grid& grid, const Coverage& coverage) {
  const Box box = bounds(shape);
  auto first_row = static_cast<std::int64_t>(std::max(0.0, std::floor(grid.row_of(box.ymax))));
  auto first_col = static_cast<std::int64_t>(std::max(0.0, std::floor(grid.col_of(box.xmin))));
  if (one.contains("expected_row_offset")) {
    ASSERT_EQ(first_row, one["expected_row_offset"].get<std::int64_t>());
    ASSERT_EQ(first_col, one["expected_col_offset"].get<std::int64_t>());
  }
  const nlohmann::json& rows = one["expected"];
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      const auto row = first_row + static_cast<std::int64_t>(i), col = first_col + static_cast<std::int64_t>(j);
      const double expected = rows[i][j].get<double>();
      EXPECT_NEAR(share_at(coverage, row, col), expected, one["tolerance"].get<double>()) << row << ' ' << col;
      sum += expected;
    }
  }
  EXPECT_NEAR(total(coverage), sum, 1e-6) << "nothing outside the expected cells";
}

TEST(CoverageTruth, AgreesWithPublishedCases) {
  const std::filesystem::path path = URBIOME_TEST_DATA "/../truth/coverage/coverage_cases.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "coverage/coverage_cases.json is absent";
  std::ifstream file(path);
  const nlohmann::json cases = nlohmann::json::parse(file);
  int matrices = 0;
  for (const nlohmann::json& one : cases) {
    SCOPED_TRACE(one["name"].get<std::string>());
    const std::string wkt = one["wkt"].get<std::string>();
    if (wkt.find("LINESTRING") == 0 || wkt.find("MULTILINESTRING") == 0) {
      EXPECT_THROW(polygons_from_wkt(wkt), Error);
      continue;
    }
    const MultiPolygon shape = polygons_from_wkt(wkt);
    const Grid grid = grid_of(one);
    const Coverage coverage = cover_exactly(shape, grid);  // those with only an expected_outcome must come through
    EXPECT_LE(total(coverage), static_cast<double>(grid.cells()));
    if (one.contains("expected")) {
      expect_matrix(one, shape, grid, coverage);
      ++matrices;
    }
    if (one.contains("expected_total_coverage")) {
      EXPECT_NEAR(total(coverage), one["expected_total_coverage"].get<double>(), one["tolerance"].get<double>());
    }
  }
  EXPECT_GE(matrices, 10);
}

}  // namespace
}  // namespace urbiome
