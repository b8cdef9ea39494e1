// Questions that a table answers about a thing by its tags: may this way be walked, is this polygon a park, whose is
// it.
//
// A csv with the columns `key`, `value` and one for each question. Its rows are asked from the top down, and for each
// question the first row decides that fits and has an answer to it; where none does the question stays open. A value
// of * is any, an empty one fits where the key is absent, and a value is compared whole, letter by letter.
//
//   const TagRules rules(text, "mine.csv", {{{"walkable", {"yes", "no"}}}, {}, "datasets/streets/walkable.csv"});
//   rules.answer(0, value_of);   // 0: yes, 1: no, kOpen
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace urbiome {

struct TagQuestion {
  std::string column;
  std::vector<std::string> answers;
};

// What a table of this kind looks like. It must have the column of the first question, and may have the others.
struct TagForm {
  std::vector<TagQuestion> questions;
  std::vector<std::string> remarks;  // columns that are there for readers
  std::string shipped;               // a table to copy, for errors
};

// The value of a tag, or empty.
using ValueOfTag = std::function<std::string_view(const std::string& key)>;

class TagRules {
 public:
  static constexpr int kOpen = -1;

  // Error{contradiction} naming `file`, and the line where there is one: a column that is missing, twice or not of the
  // form, a row without key or answer, an answer that is none.
  TagRules(std::string_view text, const std::string& file, const TagForm& form);

  // The place of the answer in the question's list, or kOpen.
  int answer(std::size_t question, const ValueOfTag& value_of) const;
  const std::vector<std::string>& keys() const { return keys_; }  // each once, in the order of rows

  // Error{contradiction} for a row that another one above, which fits wherever it does, answers otherwise.
  void refuse_contradictions() const;

 private:
  struct Row {
    int line;
    std::size_t key;  // in keys_
    std::string value;
    std::vector<int> answers;  // as questions; kOpen where it says nothing
    bool fits(std::string_view found) const { return value == "*" ? !found.empty() : found == value; }
  };
  Row row_of(int line, const std::vector<std::string>& cells, const std::vector<std::string>& columns);

  std::string file_;
  TagForm form_;
  std::vector<std::string> keys_;
  std::vector<Row> rows_;
};

}  // namespace urbiome
