#include "urbiome/io/tag_rules.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "urbiome/base/error.h"
#include "urbiome/io/delimited_text.h"
#include "urbiome/io/nearest_word.h"

namespace urbiome {
namespace {

const std::string kKey = "key", kValue = "value";

std::string column_list(const TagForm& form) {
  std::vector<std::string> needed{kKey, kValue, form.questions.front().column}, more = form.remarks;
  std::vector<std::string> asked;
  for (std::size_t i = 1; i < form.questions.size(); ++i) asked.push_back(form.questions[i].column);
  more.insert(more.begin(), asked.begin(), asked.end());
  return fmt::format("{}{}{}", fmt::join(needed, ","), more.empty() ? "" : ", and if wanted ", fmt::join(more, ","));
}

// The names of the columns, checked.
std::vector<std::string> columns_of(const std::vector<DelimitedRow>& rows, const std::string& file,
                                    const TagForm& form) {
  const std::string remedy = fmt::format("copy {} and change it", form.shipped);
  const auto wrong = [&](const std::string& found, const std::string& hint) {
    return Error(ErrorCode::contradiction, fmt::format("{} {}", file, found), "the columns " + column_list(form),
                 hint.empty() ? remedy : hint);
  };
  if (rows.empty()) throw wrong("is empty", "");
  std::vector<std::string> known{kKey, kValue}, columns;
  for (const TagQuestion& question : form.questions) known.push_back(question.column);
  known.insert(known.end(), form.remarks.begin(), form.remarks.end());
  for (const std::string& cell : rows.front().cells) {
    const std::string column = trimmed(cell);
    if (std::ranges::find(columns, column) != columns.end()) throw wrong("has two columns " + column, "");
    if (std::ranges::find(known, column) == known.end())
      throw wrong(fmt::format("has a column '{}'", column), did_you_mean(column, known));
    columns.push_back(column);
  }
  for (const std::string& needed : {kKey, kValue, form.questions.front().column}) {
    if (std::ranges::find(columns, needed) == columns.end()) throw wrong("has no column " + needed, "");
  }
  return columns;
}

}  // namespace

TagRules::TagRules(std::string_view text, const std::string& file, const TagForm& form) : file_(file), form_(form) {
  const std::vector<DelimitedRow> rows = parse_csv(text, file);
  const std::vector<std::string> columns = columns_of(rows, file, form);
  for (std::size_t i = 1; i < rows.size(); ++i) rows_.push_back(row_of(rows[i].line, rows[i].cells, columns));
}

TagRules::Row TagRules::row_of(int line, const std::vector<std::string>& cells,
                               const std::vector<std::string>& columns) {
  const auto wrong = [&](const std::string& expected) {
    return Error(ErrorCode::contradiction, fmt::format("{}:{}: {}", file_, line, fmt::join(cells, ",")), expected,
                 fmt::format("look at {}", form_.shipped));
  };
  if (cells.size() > columns.size()) throw wrong(fmt::format("{} cells at most", columns.size()));
  const auto cell = [&](const std::string& column) {
    const auto place = static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin());
    return place < cells.size() ? trimmed(cells[place]) : std::string();
  };
  const std::string key = cell(kKey);
  if (key.empty()) throw wrong("a key");
  Row row{line, static_cast<std::size_t>(std::ranges::find(keys_, key) - keys_.begin()), cell(kValue), {}};
  if (row.key == keys_.size()) keys_.push_back(key);
  for (const TagQuestion& question : form_.questions) {
    const std::string answer = cell(question.column);
    const auto found = std::ranges::find(question.answers, answer);
    if (!answer.empty() && found == question.answers.end())
      throw wrong(fmt::format("{} as {}", fmt::join(question.answers, " or "), question.column));
    row.answers.push_back(answer.empty() ? kOpen : static_cast<int>(found - question.answers.begin()));
  }
  if (std::ranges::all_of(row.answers, [](int answer) { return answer == kOpen; })) {
    std::vector<std::string> asked;
    for (const TagQuestion& question : form_.questions) asked.push_back(question.column);
    throw wrong("an answer: " + listed(asked));
  }
  return row;
}

int TagRules::answer(std::size_t question, const ValueOfTag& value_of) const {
  std::vector<std::optional<std::string_view>> values(keys_.size());  // each is asked for once, and only if need be
  for (const Row& row : rows_) {
    if (row.answers[question] == kOpen) continue;
    std::optional<std::string_view>& value = values[row.key];
    if (!value) value = value_of(keys_[row.key]);
    if (row.fits(*value)) return row.answers[question];
  }
  return kOpen;
}

void TagRules::refuse_contradictions() const {
  for (std::size_t q = 0; q < form_.questions.size(); ++q) {
    const TagQuestion& question = form_.questions[q];
    for (std::size_t later = 0; later < rows_.size(); ++later) {
      const Row& row = rows_[later];
      for (std::size_t earlier = 0; earlier < later && row.answers[q] != kOpen; ++earlier) {
        const Row& above = rows_[earlier];
        const bool covers = above.key == row.key && (above.value == row.value || above.fits(row.value));
        if (!covers || above.answers[q] == kOpen || above.answers[q] == row.answers[q]) continue;
        const auto said = [&](const Row& r) {
          return fmt::format("{}={} says {} {}", keys_[r.key], r.value, question.column,
                             question.answers[static_cast<std::size_t>(r.answers[q])]);
        };
        throw Error(
            ErrorCode::contradiction,
            fmt::format("{}:{}: {}, and above it in line {} {}", file_, row.line, said(row), above.line, said(above)),
            "one answer, for the first row decides",
            above.value == row.value ? "keep one of the two rows" : "put the narrower row above the wider one");
      }
    }
  }
}

}  // namespace urbiome
