#include "urbiome/raster/legend.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

TEST(Legend, NamesEveryRoleAndBack) {
  for (int i = 0; i < kRoleCount; ++i) {
    const auto role = static_cast<Role>(i);
    EXPECT_EQ(role_named(name_of(role)), role);
  }
  EXPECT_EQ(role_named("blue"), Role::blue);
  EXPECT_EQ(role_named("Blue"), std::nullopt);
  EXPECT_EQ(role_named(""), std::nullopt);
}

TEST(Legend, SwitchesRolesOneByOne) {
  Roles roles;
  roles.set(Role::green).set(Role::natural).set(Role::green, false);
  EXPECT_FALSE(roles.has(Role::green));
  EXPECT_TRUE(roles.has(Role::natural));
  EXPECT_FALSE(roles.has(Role::vegetated));
  EXPECT_EQ(roles, Roles{}.set(Role::natural));
}

TEST(Legend, FindsTheClassOfACode) {
  Legend legend;
  legend.classes = {{"10", 10, 10, "tree cover", {}, Missing::no, ""},
                    {"600..622", 600, 622, "road", {}, Missing::no, ""}};
  ASSERT_NE(legend.find(10), nullptr);
  EXPECT_EQ(legend.find(10)->name, "tree cover");
  ASSERT_NE(legend.find(600), nullptr);
  EXPECT_EQ(legend.find(600), legend.find(622));
  EXPECT_EQ(legend.find(599), nullptr);
  EXPECT_EQ(legend.find(623), nullptr);
  EXPECT_EQ(legend.find(-10), nullptr);
}

}  // namespace
}  // namespace urbiome
