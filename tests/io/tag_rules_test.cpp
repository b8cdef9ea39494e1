#include "urbiome/io/tag_rules.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/walkable.h"

namespace urbiome {
namespace {

using Tags = std::map<std::string, std::string>;

ValueOfTag of(const Tags& tags) {
  return [&tags](const std::string& key) {
    const auto found = tags.find(key);
    return found == tags.end() ? std::string_view() : std::string_view(found->second);
  };
}

const TagForm kForm{{{"fruit", {"yes", "no"}}, {"colour", {"red", "green"}}}, {"source"}, "shipped.csv"};

TagRules rules(const std::string& text) { return {text, "mine.csv", kForm}; }

std::string refusal(const std::string& text, bool contradictions = false) {
  try {
    const TagRules made = rules(text);
    if (contradictions) made.refuse_contradictions();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::contradiction);
    return error.what();
  }
  return "";
}

TEST(TagRules, TheFirstRowThatFitsAndAnswersDecides) {
  const TagRules r = rules(
      "key,value,fruit,colour\n"
      "sour,yes,,green\n"
      "kind,apple,yes,\n"
      "kind,stone,no,\n"
      "kind,*,yes,red\n"
      "kind,,no,\n");
  const auto answers = [&](const Tags& tags) { return std::pair{r.answer(0, of(tags)), r.answer(1, of(tags))}; };
  EXPECT_EQ(answers({{"kind", "apple"}}), std::pair(0, 0));                   // its colour by the wider row
  EXPECT_EQ(answers({{"kind", "apple"}, {"sour", "yes"}}), std::pair(0, 1));  // each question has its own first row
  EXPECT_EQ(answers({{"kind", "stone"}}), std::pair(1, 0));
  EXPECT_EQ(answers({{"kind", "Stone"}}), std::pair(0, 0));  // letter by letter
  EXPECT_EQ(answers({{"kind", "stone;apple"}}), std::pair(0, 0));
  EXPECT_EQ(answers({{"sour", "yes"}}), std::pair(1, 1));  // an empty value: the key is absent
  EXPECT_EQ(answers({}), std::pair(1, TagRules::kOpen));
  EXPECT_EQ(r.keys(), (std::vector<std::string>{"sour", "kind"}));
}

TEST(TagRules, ColumnsStandInAnyOrderAndOnlyTheFirstQuestionIsNeeded) {
  const TagRules r = rules("\xEF\xBB\xBFsource, fruit ,value,key\r\n\"me, today\",no, pear ,kind\r\n");
  EXPECT_EQ(r.answer(0, of({{"kind", "pear"}})), 1);
  EXPECT_EQ(r.answer(1, of({{"kind", "pear"}})), TagRules::kOpen);
}

TEST(TagRules, TablesOfAnotherFormAreRefused) {
  EXPECT_EQ(refusal(""),
            "mine.csv is empty; expected the columns key,value,fruit, and if wanted colour,source; copy shipped.csv "
            "and change it");
  EXPECT_NE(refusal("key,value,colour\n").find("mine.csv has no column fruit"), std::string::npos);
  EXPECT_NE(refusal("key,value,fruit,color\n").find("has a column 'color'"), std::string::npos);
  EXPECT_NE(refusal("key,value,fruit,color\n").find("did you mean 'colour'?"), std::string::npos);
  EXPECT_NE(refusal("key;value;fruit\n").find("has a column 'key;value;fruit'"), std::string::npos);
  EXPECT_NE(refusal("key,key,value,fruit\n").find("has two columns key"), std::string::npos);
  const std::string head = "key,value,fruit,colour\n";
  EXPECT_EQ(refusal(head + "kind,pear,perhaps\n"),
            "mine.csv:2: kind,pear,perhaps; expected yes or no as fruit; look at shipped.csv");
  EXPECT_NE(refusal(head + "\nkind,pear,yes,blue\n").find("mine.csv:3: "), std::string::npos);
  EXPECT_NE(refusal(head + ",pear,yes\n").find("expected a key"), std::string::npos);
  EXPECT_NE(refusal(head + "kind,pear\n").find("expected an answer: fruit, colour"), std::string::npos);
  EXPECT_NE(refusal(head + "kind,pear,yes,red,more\n").find("4 cells at most"), std::string::npos);
}

TEST(TagRules, RowsThatNeverDecideAreContradictions) {
  const std::string head = "key,value,fruit,colour\n";
  EXPECT_EQ(refusal(head + "kind,pear,yes\nkind,pear,no\n", true),
            "mine.csv:3: kind=pear says fruit no, and above it in line 2 kind=pear says fruit yes; expected one "
            "answer, for the first row decides; keep one of the two rows");
  EXPECT_NE(refusal(head + "kind,*,yes\nkind,pear,no\n", true).find("put the narrower row above"), std::string::npos);
  EXPECT_EQ(refusal(head + "kind,pear,no\nkind,*,yes\n", true), "");       // an exception and its rule
  EXPECT_EQ(refusal(head + "kind,*,yes\nkind,,no\n", true), "");           // there, and not there
  EXPECT_EQ(refusal(head + "kind,pear,yes\nkind,pear,,red\n", true), "");  // about different questions
  EXPECT_EQ(refusal(head + "kind,pear,yes\nkind,pear,yes\n", true), "");   // twice the same
  EXPECT_EQ(refusal(head + "kind,pear,yes\nsort,pear,no\n", true), "");    // two keys
}

// The definition again, without caring for time: rows from the top, values looked up each time.
int slow_answer(const std::vector<std::vector<std::string>>& rows, std::size_t column, const Tags& tags) {
  for (const auto& row : rows) {
    if (row[column].empty()) continue;
    const bool there = tags.contains(row[0]);
    if (row[1].empty() ? !there : there && (row[1] == "*" || tags.at(row[0]) == row[1]))
      return row[column] == "yes" || row[column] == "red" ? 0 : 1;
  }
  return TagRules::kOpen;
}

TEST(TagRules, RandomTablesAnswerAsTheirDefinition) {
  std::mt19937 random(11);
  const auto any = [&](const std::vector<std::string>& words) { return words[random() % words.size()]; };
  for (int i = 0; i < 300; ++i) {
    std::vector<std::vector<std::string>> rows;
    std::string text = "key,value,fruit,colour\n";
    for (std::size_t n = 1 + random() % 8; n > 0; --n) {
      rows.push_back({any({"a", "b", "c"}), any({"", "*", "x", "y"}), any({"yes", "no"}), any({"", "red", "green"})});
      if (random() % 3 == 0 && !rows.back()[3].empty()) rows.back()[2].clear();
      text += fmt::format("{},{},{},{}\n", rows.back()[0], rows.back()[1], rows.back()[2], rows.back()[3]);
    }
    const TagRules r = rules(text);
    for (int j = 0; j < 20; ++j) {
      Tags tags;
      for (const char* key : {"a", "b", "c"}) {
        if (random() % 2 == 0) tags[key] = any({"x", "y", "z"});
      }
      for (std::size_t question : {0U, 1U})
        ASSERT_EQ(r.answer(question, of(tags)), slow_answer(rows, question + 2, tags)) << text;
    }
  }
}

TEST(Walkable, TheShippedTable) {
  const WalkableTable table = WalkableTable::shipped();
  const auto walkable = [&](const Tags& tags) { return table.walkable(of(tags)); };
  EXPECT_TRUE(walkable({{"highway", "residential"}}));
  EXPECT_FALSE(walkable({{"highway", "motorway"}}));
  EXPECT_TRUE(walkable({{"highway", "motorway"}, {"foot", "yes"}}));
  EXPECT_FALSE(walkable({{"highway", "path"}, {"access", "private"}}));
  EXPECT_TRUE(walkable({{"highway", "path"}, {"access", "private"}, {"foot", "permissive"}}));
  EXPECT_FALSE(walkable({{"highway", "pedestrian"}, {"area", "yes"}}));
  EXPECT_FALSE(walkable({{"waterway", "river"}}));
}

}  // namespace
}  // namespace urbiome
