// Every listed indicator against hand-counted maps: tests/cases/<id>.case.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "case_file.h"

namespace urbiome::small {
namespace {

const std::filesystem::path kCases = std::filesystem::path(URBIOME_SOURCE_DIR) / "tests" / "cases";

std::string unit_in_words(const std::string& unit) { return unit == "1" ? "share" : unit; }

bool matches(const ResultRow& row, const std::string& id, const Expectation& e) {
  const bool zone = e.zone.empty() ? row.zone_level == "city" : row.zone_level != "city" && row.zone_id == e.zone;
  return row.indicator == id && zone && (e.variant.empty() || row.variant == e.variant) &&
         row.class_code == e.class_code;
}

void expect_near(const std::optional<double>& found, const std::optional<double>& wanted, double tolerance,
                 const std::string& what) {
  if (!wanted) return;
  ASSERT_TRUE(found.has_value()) << what << " is missing";
  EXPECT_LE(std::abs(*found - *wanted), tolerance * std::max(1.0, std::abs(*wanted)))
      << what << ": " << *found << " instead of " << *wanted;
}

void hold(const Expectation& e, const std::string& id, const std::vector<ResultRow>& rows) {
  std::vector<const ResultRow*> found;
  for (const ResultRow& row : rows) {
    if (matches(row, id, e)) found.push_back(&row);
  }
  ASSERT_EQ(found.size(), 1U) << "rows that the expectation means; name zone, class or variant";
  const ResultRow& row = *found.front();
  EXPECT_EQ(name_of(row.status), e.status) << row.method;
  EXPECT_EQ(row.value.has_value(), e.value.has_value());
  expect_near(row.value, e.value, e.tolerance, "the value");
  expect_near(row.valid_share, e.valid, e.tolerance, "the valid share");
  expect_near(row.lower, e.lower, e.tolerance, "the lower bound");
  expect_near(row.upper, e.upper, e.tolerance, "the upper bound");
  EXPECT_EQ(e.unit, e.value ? unit_in_words(row.unit) : "");
}

class Cases : public ::testing::TestWithParam<std::string> {};

TEST_P(Cases, AgreeWithCountingByHand) {
  const std::string& id = GetParam();
  const std::filesystem::path path = kCases / (id + ".case");
  const std::vector<DrawnMap> maps = CaseReader::read(path);
  std::size_t count = 0;
  for (const DrawnMap& map : maps) {
    const std::vector<ResultRow> rows = rows_for(map.city);
    for (const Expectation& e : map.expectations) {
      SCOPED_TRACE(path.filename().string() + " line " + std::to_string(e.line) + ":" + e.reason);
      EXPECT_FALSE(e.reason.empty()) << "an expectation says why, after #";
      hold(e, id, rows);
      ++count;
    }
  }
  EXPECT_GE(count, 3U) << "a case holds several expectations";
}

std::vector<std::string> ids() {
  std::vector<std::string> all;
  for (const Indicator* indicator : indicators()) all.emplace_back(indicator->spec.id);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Listed, Cases, ::testing::ValuesIn(ids()), [](const auto& listed) { return listed.param; });

TEST(CaseFiles, BelongToAListedIndicator) {
  for (const auto& file : std::filesystem::directory_iterator(kCases)) {
    if (file.path().extension() != ".case") continue;
    EXPECT_NE(indicator_named(file.path().stem().string()), nullptr) << file.path();
  }
}

// The reader must be able to fail.
class BrokenCase : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BrokenCase, IsAnErrorThatNamesItsLine) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / ("urbiome_broken_" + std::to_string(::getpid()) + ".case");
  std::ofstream(path) << GetParam().first;
  try {
    CaseReader::read(path);
    ADD_FAILURE() << "read without complaint";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().second), std::string::npos) << error.what();
  }
  std::filesystem::remove(path);
}

using Broken = std::pair<const char*, const char*>;
INSTANTIATE_TEST_SUITE_P(
    Reader, BrokenCase,
    ::testing::Values(Broken{"expect 1 share\n", "line 1: 'expect' before any grid"},
                      Broken{"grid 10 m G=green\n  GG\n", "nothing is expected"},
                      Broken{"grid 10 m G=gren\n  G\nexpect 1 share # \n", "line 1: 'gren'"},
                      Broken{"grid 10 m G=green\n  G.\nexpect 1 share # \n", "line 2: the symbol '.'"},
                      Broken{"grid 10 m G=green\n  GG\n  G\nexpect 1 share # \n", "line 3: a row of 1 cells"},
                      Broken{"grid 10 m G=green\n  G\nset near_distance = 3\nexpect 1 share # \n",
                             "line 3: the parameter"},
                      Broken{"grid ten m G=green\n  G\nexpect 1 share # \n", "line 1: 'ten'"},
                      Broken{"grid 10 m G=green\n  G\npeople\n  1 2\nexpect 1 share # \n", "line 4: rows of people"}));

// A wrong count must not pass.
TEST(CaseFiles, AWrongNumberFails) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / ("urbiome_wrong_" + std::to_string(::getpid()) + ".case");
  std::ofstream(path) << "grid 10 m G=green .=built\n  GG..\nexpect 0.6 share # wrong: 2 of 4\n";
  static std::vector<DrawnMap> maps;
  maps = CaseReader::read(path);
  std::filesystem::remove(path);
  EXPECT_NONFATAL_FAILURE(hold(maps.at(0).expectations.at(0), "green_share", rows_for(maps.at(0).city)), "the value");
}

}  // namespace
}  // namespace urbiome::small
