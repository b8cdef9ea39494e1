#include "urbiome/base/table.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

TEST(Cell, IsAnIdOrANameAsText) {
  EXPECT_EQ(text_of(std::int64_t{-355030}), "-355030");
  EXPECT_EQ(text_of(std::string("007")), "007");
  EXPECT_EQ(text_of(12.0), "12");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(Cell{}), "");
}

}  // namespace
}  // namespace urbiome
