#include "urbiome/io/delimited_text.h"

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& file) : text_(text), file_(file) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  std::vector<DelimitedRow> parse() {
    while (at_ < text_.size()) {
      DelimitedRow row;
      row.line = line_;
      bool more = true;
      while (more) more = next_cell(row.cells);
      const bool blank = row.cells.size() == 1 && row.cells.front().empty();
      if (!blank) rows_.push_back(std::move(row));
    }
    return std::move(rows_);
  }

 private:
  // Reads one cell and what ends it; false at the end of the row.
  bool next_cell(std::vector<std::string>& cells) {
    std::string cell;
    if (at_ < text_.size() && text_[at_] == '"') quoted(cell);
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') cell += text_[at_++];
    cells.push_back(std::move(cell));
    if (at_ == text_.size()) return false;
    const char end = text_[at_++];
    if (end == ',') return true;
    if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
    return false;
  }

  void quoted(std::string& cell) {
    const int opened = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += text_[at_++];
      } else {
        ++at_;
        return;
      }
    }
    throw Error(ErrorCode::unreadable, file_ + ":" + std::to_string(opened) + ": a quote is never closed", "csv",
                "close the quote");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<DelimitedRow> rows_;
};

}  // namespace

std::vector<DelimitedRow> parse_csv(std::string_view text, const std::string& file) {
  return CsvParser(text, file).parse();
}

std::string trimmed(const std::string& cell) {
  const auto begin = cell.find_first_not_of(" \t"), end = cell.find_last_not_of(" \t");
  return begin == std::string::npos ? std::string() : cell.substr(begin, end - begin + 1);
}

}  // namespace urbiome
