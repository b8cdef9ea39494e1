#include "urbiome/io/space_tags.h"

#include <gtest/gtest.h>

#include <map>

#include "io/small_inputs.h"
#include "urbiome/base/error.h"
#include "urbiome/io/feature_tags.h"

namespace urbiome {
namespace {

using Tags = std::map<std::string, std::string>;

// What a set says of a polygon, in words: "green public", "blue unknown", "none".
std::string said(const SpaceTags& set, const Tags& tags) {
  const auto space = set.space([&](const std::string& key) {
    const auto found = tags.find(key);
    return found == tags.end() ? std::string_view() : std::string_view(found->second);
  });
  if (!space) return "none";
  const std::string role = !space->role ? "-" : *space->role == Role::green ? "green" : "blue";
  return role + " " + (!space->is_public ? "unknown" : *space->is_public ? "public" : "private");
}

TEST(SpaceTags, ShippedSetsByName) {
  EXPECT_EQ(SpaceTags::shipped(),
            (std::vector<std::string>{"cif_open_space", "cif_open_space_heat", "cif_water", "ghsci"}));
  for (const std::string& name : SpaceTags::shipped()) EXPECT_FALSE(SpaceTags::read(name).keys().empty()) << name;
  EXPECT_TRUE(SpaceTags::is_shipped("ghsci"));
  EXPECT_FALSE(SpaceTags::is_shipped(""));
}

TEST(SpaceTags, OpenSpaceOfCif) {
  const SpaceTags set = SpaceTags::read("cif_open_space");
  for (const char* leisure : {"park", "nature_reserve", "common", "playground", "pitch", "track"})
    EXPECT_EQ(said(set, {{"leisure", leisure}}), "green public") << leisure;
  for (const char* boundary : {"protected_area", "national_park"})
    EXPECT_EQ(said(set, {{"boundary", boundary}}), "green public") << boundary;
  for (const char* access : {"no", "private", "customers", "employee", "staff"})
    EXPECT_EQ(said(set, {{"leisure", "park"}, {"access", access}}), "green private") << access;
  for (const char* access : {"yes", "permissive", "destination"})
    EXPECT_EQ(said(set, {{"leisure", "park"}, {"access", access}}), "green public") << access;
  for (const Tags& none : {Tags{}, Tags{{"leisure", "garden"}}, Tags{{"landuse", "grass"}}, Tags{{"place", "square"}},
                           Tags{{"boundary", "forest"}}, Tags{{"access", "yes"}}})
    EXPECT_EQ(said(set, none), "none");
}

TEST(SpaceTags, OpenSpaceForHeatOfCif) {
  const SpaceTags set = SpaceTags::read("cif_open_space_heat");
  for (const char* leisure : {"park", "nature_reserve", "common", "playground", "pitch", "garden", "golf_course",
                              "dog_park", "recreation_ground", "disc_golf_course"})
    EXPECT_EQ(said(set, {{"leisure", leisure}}), "green public") << leisure;
  for (const char* boundary : {"protected_area", "national_park", "forest_compartment", "forest"})
    EXPECT_EQ(said(set, {{"boundary", boundary}}), "green public") << boundary;
  EXPECT_EQ(said(set, {{"leisure", "garden"}, {"access", "private"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "track"}}), "none");
}

TEST(SpaceTags, WaterOfCif) {
  const SpaceTags set = SpaceTags::read("cif_water");
  EXPECT_EQ(said(set, {{"water", "pond"}}), "blue unknown");
  EXPECT_EQ(said(set, {{"natural", "water"}}), "blue unknown");
  EXPECT_EQ(said(set, {{"waterway", "riverbank"}}), "blue unknown");
  EXPECT_EQ(said(set, {{"natural", "water"}, {"access", "no"}}), "blue private");
  EXPECT_EQ(said(set, {{"natural", "water"}, {"access", "yes"}}), "blue public");
  EXPECT_EQ(said(set, {{"natural", "wood"}}), "none");
}

TEST(SpaceTags, OpenSpaceOfGhsci) {
  const SpaceTags set = SpaceTags::read("ghsci");
  EXPECT_EQ(said(set, {{"leisure", "park"}}), "green public");
  EXPECT_EQ(said(set, {{"leisure", "anything"}}), "green public");  // leisure not null
  EXPECT_EQ(said(set, {{"place", "square"}}), "green public");
  EXPECT_EQ(said(set, {{"highway", "pedestrian"}}), "green public");
  EXPECT_EQ(said(set, {{"landuse", "village_green"}}), "green public");
  EXPECT_EQ(said(set, {{"landuse", "wood"}}), "green public");
  EXPECT_EQ(said(set, {{"boundary", "county_park"}}), "green public");
  EXPECT_EQ(said(set, {{"beach", "yes"}}), "green public");
  // Not public.
  EXPECT_EQ(said(set, {{"leisure", "pitch"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"amenity", "school"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"access", "customers"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"building", "yes"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"golf", "fairway"}}), "green private");
  EXPECT_EQ(said(set, {{"landuse", "garden"}, {"garden:type", "roof_garden"}}), "green private");
  EXPECT_EQ(said(set, {{"landuse", "recreation_ground"}, {"recreation_ground", "showground"}}), "green private");
  EXPECT_EQ(said(set, {{"landuse", "forest"}, {"natural", "scrub"}}), "green private");
  EXPECT_EQ(said(set, {{"leisure", "swimming_pool"}}), "blue private");  // any water feature
  EXPECT_EQ(said(set, {{"landuse", "riverbank"}}), "blue private");
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"natural", "water"}}), "blue private");
  // Left out whole.
  for (const char* access : {"employee", "no", "private", "privates", "staff"})
    EXPECT_EQ(said(set, {{"leisure", "park"}, {"access", access}}), "none") << access;
  for (const char* key : {"military", "agricultural", "forestry"})
    EXPECT_EQ(said(set, {{"leisure", "park"}, {key, "yes"}}), "none") << key;
  EXPECT_EQ(said(set, {{"leisure", "park"}, {"landuse", "industrial"}}), "none");
  EXPECT_EQ(said(set, {{"landuse", "grass"}}), "none");
  EXPECT_EQ(said(set, {{"natural", "water"}}), "none");  // water alone is none of its open spaces
  EXPECT_EQ(said(set, {{"building", "yes"}}), "none");
}

TEST(SpaceTags, ATableOfOnesOwn) {
  const ScratchFolder folder;
  const SpaceTags set = SpaceTags::read(write_text(folder, "mine.csv",
                                                   "key,value,space,access\n"
                                                   "kind,lawn,yes,unknown\n"
                                                   "kind,park,yes,public\n"
                                                   "fence,*,,private\n"));
  EXPECT_EQ(said(set, {{"kind", "lawn"}}), "- unknown");
  EXPECT_EQ(said(set, {{"kind", "lawn"}, {"fence", "high"}}), "- unknown");  // the row above has said so
  EXPECT_EQ(said(set, {{"kind", "park"}}), "- public");
  EXPECT_EQ(said(set, {{"fence", "high"}}), "none");
  EXPECT_THROW(SpaceTags::read(folder / "nowhere.csv"), Error);
  EXPECT_THROW(SpaceTags::read(write_text(folder, "twice.csv", "key,value,space\na,b,yes\na,b,no\n")), Error);
}

TEST(FeatureTags, TextsOfTags) {
  EXPECT_EQ(tags_of_text(R"("leisure"=>"park","access"=>"no")"), (Tags{{"leisure", "park"}, {"access", "no"}}));
  EXPECT_EQ(tags_of_text(R"("name"=>"\"The\" Green, north \\ south","a"=>"=>")"),
            (Tags{{"name", R"("The" Green, north \ south)"}, {"a", "=>"}}));
  EXPECT_EQ(tags_of_text(R"( "a" => "1" , "b"=>NULL, "c"=>"")"), (Tags{{"a", "1"}, {"c", ""}}));
  EXPECT_EQ(tags_of_text(R"("a"=>"1","b"=>"cut of)"), (Tags{{"a", "1"}}));
  EXPECT_EQ(tags_of_text(""), Tags{});
  EXPECT_EQ(tags_of_text("park"), Tags{});
  EXPECT_EQ(tags_of_text(R"({"leisure":"park","layer":2,"none":null})"), (Tags{{"leisure", "park"}, {"layer", "2"}}));
  EXPECT_EQ(tags_of_text(R"({"leisure":)"), Tags{});
}

TEST(FeatureTags, ColumnsGoBeforeTheTextOfTags) {
  const std::vector<std::string> columns = tag_columns({"leisure", "layer"});
  EXPECT_EQ(columns, (std::vector<std::string>{"leisure", "layer", "other_tags", "all_tags"}));
  const std::vector<Cell> cells{std::string("park"), std::int64_t{1}, std::string(R"("leisure"=>"pitch","sport"=>"x")"),
                                Cell{}};
  const FeatureTags tags(columns, cells);
  EXPECT_EQ(tags.value("leisure"), "park");
  EXPECT_EQ(tags.value("layer"), "1");
  EXPECT_EQ(tags.value("sport"), "x");
  EXPECT_EQ(tags.value("access"), "");
  const std::vector<Cell> empty{Cell{}, Cell{}, std::string(R"("leisure"=>"pitch")"), Cell{}};
  EXPECT_EQ(FeatureTags(columns, empty).value("leisure"), "pitch");
}

}  // namespace
}  // namespace urbiome
