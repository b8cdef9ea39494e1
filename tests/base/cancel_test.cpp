#include "urbiome/base/cancel.h"

#include <gtest/gtest.h>

#include <thread>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

TEST(Cancel, IsOfTheInnermostScopeOfItsThread) {
  CancelToken outer, inner;
  EXPECT_FALSE(cancelled());
  {
    const CancelScope scope(&outer);
    outer.cancel();
    EXPECT_TRUE(cancelled());
    {
      const CancelScope within(&inner);
      EXPECT_FALSE(cancelled());
    }
    {
      const CancelScope without(nullptr);
      EXPECT_TRUE(cancelled());
    }
    std::thread([] { EXPECT_FALSE(cancelled()); }).join();
    try {
      stop_if_cancelled();
      FAIL() << "went on";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
  }
  EXPECT_FALSE(cancelled());
  EXPECT_NO_THROW(stop_if_cancelled());
}

}  // namespace
}  // namespace urbiome
