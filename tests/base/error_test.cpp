// The one error type, statuses, tables and embedded files.
#include "urbiome/base/error.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "urbiome/base/embedded_file.h"
#include "urbiome/base/status.h"
#include "urbiome/base/table.h"

namespace urbiome {
namespace {

TEST(ErrorSentence, SaysWhatWasFoundExpectedAndToBeDone) {
  EXPECT_STREQ(Error(ErrorCode::usage, "lines", "polygons", "give polygons").what(),
               "lines; expected polygons; give polygons");
  EXPECT_STREQ(Error(ErrorCode::usage, "lines", {}, "give polygons").what(), "lines; give polygons");
  EXPECT_STREQ(Error(ErrorCode::usage, "lines").what(), "lines");
}

TEST(ErrorSentence, IsOneLineWhateverItHolds) {
  const Error error(ErrorCode::unreadable, "two\nlines", "a\r\nb", "c\n");
  EXPECT_EQ(std::string(error.what()).find_first_of("\r\n"), std::string::npos);
}

TEST(ErrorSentence, KeepsItsCodeInContext) {
  const Error error = in_context("city.toml", Error(ErrorCode::memory, "too much"));
  EXPECT_STREQ(error.what(), "city.toml: too much");
  EXPECT_EQ(error.code(), ErrorCode::memory);
}

TEST(StatusNames, AreThoseOfTheResults) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Status::failed); ++i) names.insert(name_of(static_cast<Status>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"ok", "no_data", "not_applicable", "undefined", "unreached", "supplied",
                                               "suppressed", "failed"}));
}

TEST(Tables, FindTheirColumns) {
  const Table table{"t", {"a", "b"}, {{std::int64_t{1}, 2.5}}};
  EXPECT_EQ(table.column("b"), 1);
  EXPECT_EQ(table.column("c"), -1);
}

TEST(EmbeddedFiles, AreFoundByPath) {
  const std::array files = {EmbeddedFile{"a.csv", "1"}, EmbeddedFile{"b/c.csv", "2"}};
  ASSERT_NE(find_embedded(files, "b/c.csv"), nullptr);
  EXPECT_EQ(find_embedded(files, "b/c.csv")->content, "2");
  EXPECT_EQ(find_embedded(files, "c.csv"), nullptr);
}

}  // namespace
}  // namespace urbiome
