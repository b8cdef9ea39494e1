#include "urbiome/io/point_table.h"

#include <gtest/gtest.h>

#include "io/scratch_folder.h"

namespace urbiome {
namespace {

class PlainPoints : public ::testing::Test {
 protected:
  VectorRequest request(const std::string& text, const std::string& name = "p.csv") {
    put_bytes(folder_ / name, text);
    return {.path = folder_ / name, .layer = {}, .columns = {"id", "n"}, .where = {}, .x = "x", .y = "y"};
  }
  bool plain(const std::string& text) { return read_plain_points(request(text)).has_value(); }

  // What is plain is read as read_vector() reads it.
  void expect_same(const VectorRequest& asked) {
    const auto table = read_plain_points(asked);
    ASSERT_TRUE(table.has_value());
    const VectorLayer layer = read_vector(asked);
    ASSERT_EQ(table->points.size(), layer.features.size());
    for (std::size_t row = 0; row < layer.features.size(); ++row) {
      const Feature& feature = layer.features[row];
      EXPECT_EQ(feature.fid, static_cast<std::int64_t>(row) + 1);
      EXPECT_EQ(feature.points, std::vector<Point>{table->points[row]}) << row;
      for (std::size_t i = 0; i < asked.columns.size(); ++i)
        EXPECT_EQ(table->columns[i].cell(row), feature.attributes[i]) << row << ' ' << i;
    }
  }
  ScratchFolder folder_;
};

TEST_F(PlainPoints, ReadsWhatOgrReads) {
  expect_same(request("id,x,y,n\n1,2.5,-3e2,4\n2,0,.5,\n3,1,1,0.25\n"));
  expect_same(request("\xEF\xBB\xBFx,id,n,y\r\n1,007,1.50,2\r\n\r\n1,008,2,2\r\n1,,-0,2"));
  expect_same(request("id,x,y,n\nS\xC3\xA3o,1,2,-0\n'a,3,4,1e5\n2021-01-01,5,6,-0\n"));
  expect_same(request("id,x,y,n,more\n1,100000.123456789,4649999.99,12345678901234567890,\n-0,1,2,3,z\n"));
  expect_same(request("id,x,y,n\n"));
}

TEST_F(PlainPoints, LeavesToOgrWhatIsNotPlain) {
  EXPECT_TRUE(plain("id,x,y,n\n1,2,3,4\n"));
  EXPECT_FALSE(plain("id;x;y;n\n1;2;3;4\n"));
  EXPECT_FALSE(plain("id,x,y,n\n\"1\",2,3,4\n"));
  EXPECT_FALSE(plain("id,x,y,n,t\n1,2,3,4,5\" pipe\n"));
  EXPECT_FALSE(plain("id,x,y,n\n1,2,3\n"));
  EXPECT_FALSE(plain("id,x,y,n\n1,2,3,4,5\n"));
  EXPECT_FALSE(plain("id,x,y,n\n1,,3,4\n"));
  EXPECT_FALSE(plain("id,x,y,n\n1,2 ,3,4\n"));
  EXPECT_FALSE(plain("id,x,y,n\n1,nan,3,4\n"));
  EXPECT_FALSE(plain("id,x,y,n\n 1,2,3,4\n"));
  EXPECT_FALSE(plain("id,x,y,n\nS\xE3o,2,3,4\n"));
  EXPECT_FALSE(plain("id,x,y\n1,2,3\n"));
  EXPECT_FALSE(plain("id,X,y,n\n1,2,3,4\n"));
  EXPECT_FALSE(plain("id,x,X,y,n\n1,2,3,4,5\n"));
  EXPECT_FALSE(plain("id,x,y,n,1\n1,2,3,4,5\n"));
  EXPECT_FALSE(plain("id,x,y,n,WKT\n1,2,3,4,POINT (1 2)\n"));
  EXPECT_FALSE(plain(""));
}

TEST_F(PlainPoints, LeavesToOgrWhatOtherFilesOrTheRequestSay) {
  const std::string text = "id,x,y,n\n1,2,3,4\n";
  VectorRequest asked = request(text);
  asked.where = "n > 1";
  EXPECT_FALSE(read_plain_points(asked).has_value());
  asked = request(text);
  asked.layer = "q";
  EXPECT_FALSE(read_plain_points(asked).has_value());
  asked.layer = "p";
  expect_same(asked);
  EXPECT_FALSE(read_plain_points(request(text, "p.txt")).has_value());
  put_bytes(folder_ / "p.csvt", "Integer,Real,Real,Integer\n");
  EXPECT_FALSE(read_plain_points(request(text)).has_value());
}

}  // namespace
}  // namespace urbiome
