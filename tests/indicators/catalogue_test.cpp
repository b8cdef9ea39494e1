// What every listed indicator must keep: pages and cases, ranges, and the same values whatever the threads, tiles,
// orientation, cell size and class codes. One that breaks a property says so in its spec.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "random_city.h"

namespace urbiome::small {
namespace {

using Rows = std::vector<ResultRow>;

std::string name_in_words(const ResultRow& row) {
  return row.zone_id + " " + row.indicator + " " + row.variant + " " + row.class_code;
}

// Same rows in the same order; `same` compares two values.
template <class Same>
void expect_same_rows(const Rows& rows, const Rows& other, bool variants, Same same) {
  ASSERT_EQ(rows.size(), other.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ResultRow &a = rows[i], &b = other[i];
    SCOPED_TRACE(name_in_words(a));
    EXPECT_EQ(a.indicator, b.indicator);
    EXPECT_EQ(a.zone_id, b.zone_id);
    EXPECT_EQ(a.class_code, b.class_code);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.method, b.method);
    EXPECT_TRUE(!variants || a.variant == b.variant) << b.variant;
    same(a, b);
  }
}

void expect_equal(const ResultRow& a, const ResultRow& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.lower, b.lower);
  EXPECT_EQ(a.upper, b.upper);
  EXPECT_EQ(a.valid_share, b.valid_share);
}

void expect_close(const std::optional<double>& a, const std::optional<double>& b, double factor) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_LE(std::abs(*a * factor - *b), 1e-12 * std::max(1.0, std::abs(*b))) << *a * factor << " and " << *b;
}

// Areas grow with the square of `factor`, everything else stays.
auto close_when_scaled(double factor) {
  return [factor](const ResultRow& a, const ResultRow& b) {
    const bool area = a.unit == "m2" || a.unit == "ha" || a.unit == "m2 per person";
    const double by = area ? factor * factor : 1;
    expect_close(a.value, b.value, by);
    expect_close(a.lower, b.lower, by);
    expect_close(a.upper, b.upper, by);
    expect_close(a.valid_share, b.valid_share, 1);
  };
}

bool breaks(std::string_view indicator, std::string_view property) {
  return indicator_named(indicator)->spec.breaks.starts_with(property);
}

TEST(Catalogue, SaysWhatEachIndicatorIs) {
  std::set<std::string_view> seen;
  for (const Indicator* indicator : indicators()) {
    const IndicatorSpec& spec = indicator->spec;
    SCOPED_TRACE(spec.id);
    EXPECT_TRUE(seen.insert(spec.id).second) << "listed twice";
    EXPECT_EQ(indicator_named(spec.id), indicator);
    for (const std::string_view text : {spec.title, spec.unit, spec.definition, spec.needs, spec.source})
      EXPECT_FALSE(text.empty());
    EXPECT_LT(spec.least, spec.most);
    EXPECT_FALSE(indicator->needs.empty());
    const std::filesystem::path root(URBIOME_SOURCE_DIR);
    EXPECT_TRUE(std::filesystem::exists(root / "docs" / "indicators" / (std::string(spec.id) + ".md"))) << "no page";
    EXPECT_TRUE(std::filesystem::exists(root / "tests" / "cases" / (std::string(spec.id) + ".case"))) << "no case";
  }
  EXPECT_EQ(indicator_named("no_such_indicator"), nullptr);
}

class RandomCities : public ::testing::TestWithParam<std::tuple<unsigned, bool>> {
 protected:
  SmallCity city() const { return random_city(std::get<0>(GetParam()), std::get<1>(GetParam())); }
  // Areas are held to 2^-40 of a cell, so 1e-12 can be asked of zones of many cells only.
  SmallCity city_without_sliver() const {
    SmallCity city = this->city();
    std::erase_if(city.zones, [](const NamedShape& zone) { return zone.id == "sliver"; });
    return city;
  }
};

TEST_P(RandomCities, ValuesLieInTheirRange) {
  const Rows rows = rows_for(city());
  std::set<std::string> with_value;
  for (const ResultRow& row : rows) {
    SCOPED_TRACE(name_in_words(row));
    const IndicatorSpec& spec = indicator_named(row.indicator)->spec;
    EXPECT_EQ(row.value.has_value(), row.status == Status::ok);
    EXPECT_TRUE(spec.per_class || row.class_code.empty());
    EXPECT_EQ(row.unit, spec.unit);
    EXPECT_FALSE(row.method.empty());
    const double valid = row.valid_share.value_or(0);
    EXPECT_TRUE(valid >= 0 && valid <= 1) << valid;
    if (!row.value) continue;
    with_value.insert(row.indicator);
    EXPECT_TRUE(*row.value >= spec.least && *row.value <= spec.most) << *row.value;
    EXPECT_LE(row.lower.value_or(*row.value), *row.value);
    EXPECT_GE(row.upper.value_or(*row.value), *row.value);
  }
  EXPECT_EQ(with_value.size(), indicators().size()) << "the random city leaves an indicator without any value";
}

TEST_P(RandomCities, ThreadsAndTilesDoNotMatter) {
  const SmallCity city = this->city();
  const Rows rows = rows_for(city, {.threads = 1});
  for (const int threads : {1, 2, 7}) {
    for (const std::int64_t tile_size : {7, 64, 0}) {
      SCOPED_TRACE(std::to_string(threads) + " threads, tiles of " + std::to_string(tile_size));
      expect_same_rows(rows, rows_for(city, {.threads = threads, .tile_size = tile_size}), true, expect_equal);
    }
  }
}

TEST_P(RandomCities, AQuarterTurnChangesNothing) {
  expect_same_rows(rows_for(city_without_sliver()), rows_for(turned(city_without_sliver())), true,
                   close_when_scaled(1));
}

TEST_P(RandomCities, AMirrorChangesNothing) {
  expect_same_rows(rows_for(city_without_sliver()), rows_for(mirrored(city_without_sliver())), true,
                   close_when_scaled(1));
}

TEST_P(RandomCities, AreasGrowWithTheCellAndSharesStay) {
  for (const double factor : {0.3, 7.0}) {
    SCOPED_TRACE(factor);
    expect_same_rows(rows_for(city_without_sliver()), rows_for(scaled(city_without_sliver(), factor)), false,
                     close_when_scaled(factor));
  }
}

TEST_P(RandomCities, CodesAndOrderOfClassesDoNotMatter) {
  const SmallCity city = this->city();
  std::vector<std::size_t> order(city.classes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(5));
  SmallCity other = city;
  std::map<std::string, std::string> old_code{{"", ""}, {"total", "total"}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    LegendClass& entry = other.classes[order[i]];
    entry = city.classes[i];
    entry.code = "c" + std::to_string(order[i]);
    old_code[entry.code] = city.classes[i].code;
  }
  other.nodata = static_cast<ClassIndex>(order[city.nodata]);
  for (ClassIndex& cell : other.cells) cell = static_cast<ClassIndex>(order[cell]);

  Rows rows = rows_for(city), recoded = rows_for(other);
  for (ResultRow& row : recoded) row.class_code = old_code.at(row.class_code);
  const auto by_name = [](const ResultRow& a, const ResultRow& b) { return name_in_words(a) < name_in_words(b); };
  std::stable_sort(rows.begin(), rows.end(), by_name);
  std::stable_sort(recoded.begin(), recoded.end(), by_name);
  expect_same_rows(rows, recoded, true, expect_equal);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCities, ::testing::Combine(::testing::Values(1U, 2U, 3U), ::testing::Bool()),
                         [](const auto& listed) {
                           return std::to_string(std::get<0>(listed.param)) +
                                  (std::get<1>(listed.param) ? "Centre" : "Exact");
                         });

SmallCity all(std::string_view code) {
  SmallCity city = random_city(1, false);
  const auto is = [&](const LegendClass& entry) { return entry.code == code; };
  const auto index = std::find_if(city.classes.begin(), city.classes.end(), is) - city.classes.begin();
  std::fill(city.cells.begin(), city.cells.end(), static_cast<ClassIndex>(index));
  return city;
}

// With spaces and people, so that indicators that do not hang on land cover alone show up and are declared.
TEST(Catalogue, NothingKnownGivesAStatusNotANumber) {
  for (const std::string_view code : {"90", "0"}) {
    std::set<std::string_view> with_number;
    for (const ResultRow& row : rows_for(all(code))) {
      SCOPED_TRACE(name_in_words(row));
      EXPECT_EQ(row.value.has_value(), row.status == Status::ok);
      if (!row.value) continue;
      with_number.insert(indicator_named(row.indicator)->spec.id);
      EXPECT_TRUE(breaks(row.indicator, "all unknown")) << *row.value << " where nothing is known";
    }
    for (const Indicator* indicator : indicators()) {
      const bool declared = indicator->spec.breaks.starts_with("all unknown");
      EXPECT_EQ(declared, with_number.contains(indicator->spec.id))
          << indicator->spec.id << " declares a break it does not make";
    }
  }
}

TEST(Catalogue, NothingKnownAndNoSpacesLeavesOnlyPeople) {
  SmallCity city = all("90");
  city.has_spaces = false;
  city.spaces.clear();
  for (const ResultRow& row : rows_for(city)) {
    EXPECT_TRUE(!row.value || row.indicator == "residents") << name_in_words(row) << " " << *row.value;
  }
}

TEST(Catalogue, AZoneWithoutCellsHasNoNumbersOfTheLand) {
  SmallCity city = random_city(2, false);
  city.zones.push_back({"district", "away", box_shape(1e5, 1e5, 1e5 + 50, 1e5 + 50)});
  for (const ResultRow& row : rows_for(city)) {
    if (row.zone_id != "away" || row.indicator == "residents") continue;
    EXPECT_FALSE(row.value.has_value()) << name_in_words(row);
    EXPECT_NE(row.status, Status::ok) << name_in_words(row);
  }
}

}  // namespace
}  // namespace urbiome::small
