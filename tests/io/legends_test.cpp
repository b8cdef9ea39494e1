#include "urbiome/io/legends.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/small_inputs.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

const std::string kHeader = "code,class_name,green,blue,built,natural,vegetated,missing\n";

std::string refusal(const std::string& text) {
  const ScratchFolder folder;
  const std::string path = write_text(folder, "my legend.csv", text);
  try {
    load_legend(path);
  } catch (const Error& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "accepted";
}

TEST(Legends, EveryShippedLegendLoads) {
  const std::vector<std::string> ids = shipped_legends();
  EXPECT_EQ(ids.size(), 19U);
  EXPECT_EQ(ids.front(), "worldcover");
  for (const std::string& id : ids) {
    const Legend legend = load_legend(id);
    EXPECT_FALSE(legend.classes.empty()) << id;
    EXPECT_FALSE(legend.name.empty()) << id;
    EXPECT_EQ(legend.id, id);
  }
}

TEST(Legends, RolesAndMissingClasses) {
  const Legend worldcover = load_legend("worldcover");
  EXPECT_EQ(worldcover.classes.size(), 12U);
  EXPECT_EQ(worldcover.find(90)->name, "Herbaceous wetland");
  EXPECT_TRUE(worldcover.find(90)->roles.has(Role::green) && worldcover.find(90)->roles.has(Role::blue));
  EXPECT_FALSE(worldcover.find(40)->roles.has(Role::green));
  EXPECT_EQ(worldcover.find(0)->missing, Missing::nodata);
  EXPECT_EQ(load_legend("esri_lulc_native").find(10)->missing, Missing::unknown);
  EXPECT_EQ(load_legend("dynamic_world").find(0)->missing, Missing::no);
  const Legend openurban = load_legend("wri_openurban");
  ASSERT_NE(openurban.find(610), nullptr);
  EXPECT_EQ(openurban.find(610)->code, "600..622");
}

TEST(Legends, WaterOption) {
  Legend legend = load_legend("worldcover");
  make_water_natural(legend);
  EXPECT_TRUE(legend.find(80)->roles.has(Role::natural));
  EXPECT_FALSE(legend.find(60)->roles.has(Role::natural));  // has another option
}

TEST(Legends, OwnFileWithColumnsInAnyOrder) {
  const ScratchFolder folder;
  const std::string path = write_text(
      folder, "légende 图.csv",
      "\xEF\xBB\xBF"
      "class_name,code,missing,green,blue,built,natural,vegetated,note\r\n"
      "\"Parc, jardin\",07,,1,0,0,1,1,x\r\n\r\n\"\"\"eau\"\"\",-3,,0,1,0,0,0,\r\n公园,600..622,unknown,0,0,0,0,0\r\n");
  const Legend legend = load_legend(path);
  ASSERT_EQ(legend.classes.size(), 3U);
  EXPECT_EQ(legend.find(7)->name, "Parc, jardin");
  EXPECT_EQ(legend.find(7)->code, "7");
  EXPECT_EQ(legend.find(-3)->name, "\"eau\"");
  EXPECT_EQ(legend.find(622)->name, "公园");
  EXPECT_EQ(legend.find(622)->missing, Missing::unknown);
  EXPECT_EQ(legend.find(623), nullptr);
}

TEST(Legends, RefusalsNameTheLine) {
  EXPECT_EQ(refusal(kHeader + "1,a,1,0,0,0,0,\n").substr(0, 8), "accepted");
  EXPECT_EQ(refusal("code,class_name,green\n1,a,1\n").substr(0, 32), ":1: the column blue is missing; ");
  EXPECT_NE(refusal("code;class_name;green\n1;a;1\n").find("separate the columns by commas"), std::string::npos);
  EXPECT_EQ(refusal(kHeader + "1,a,2,0,0,0,0,\n"), ":2: green is '2'; expected 0 or 1");
  EXPECT_EQ(refusal(kHeader + "1,a,1,0,0,0,,\n").substr(0, 21), ":2: vegetated is ''; ");
  EXPECT_EQ(refusal(kHeader + "1,a,1,0,0,0,0,maybe\n").substr(0, 22), ":2: missing is 'maybe'");
  EXPECT_EQ(refusal(kHeader + "x1,a,1,0,0,0,0,\n").substr(0, 22), ":2: the code is 'x1'; ");
  EXPECT_EQ(refusal(kHeader + "9..3,a,1,0,0,0,0,\n").substr(0, 19), ":2: the code is '9.");
  EXPECT_EQ(refusal(kHeader + "99999999999999999999,a,1,0,0,0,0,\n").substr(0, 10), ":2: the co");
  EXPECT_EQ(refusal(kHeader + "1,a,1,0,0,0,0,\n5,b,1,0,0,0,0,\n1,c,1,0,0,0,0,\n").substr(0, 44),
            ":4: the codes 1 and 1 overlap (line 2); expe");
  EXPECT_NE(refusal(kHeader + "1..10,a,1,0,0,0,0,\n7,b,1,0,0,0,0,\n").find("overlap"), std::string::npos);
  EXPECT_EQ(refusal(kHeader + "1,\"a,1,0,0,0,0,\n").substr(0, 29), ":2: a quote is never closed; ");
  EXPECT_EQ(refusal(""), " is empty; expected a legend with a header line");
  EXPECT_EQ(refusal(kHeader).substr(0, 15), " holds no class");
  std::string many = kHeader;
  for (int i = 0; i < 300; ++i) many += std::to_string(i) + ",a,1,0,0,0,0,\n";
  EXPECT_EQ(refusal(many).substr(0, 35), ":258: the legend has 300 classes; e");
}

TEST(Legends, AMisspeltIdGetsAHint) {
  try {
    load_legend("worldcovr");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unreadable);
    EXPECT_NE(std::string(error.what()).find("did you mean 'worldcover'?"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace urbiome
