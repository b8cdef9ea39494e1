// Comma-separated text with line numbers, for small files whose errors must name the line. Tables go through CsvRows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace urbiome {

struct DelimitedRow {
  int line = 0;  // where the row begins, from 1
  std::vector<std::string> cells;
};

// RFC 4180 with LF or CRLF, quotes, quoted line breaks and an optional byte order mark; empty lines are skipped.
// Throws Error{unreadable} naming `file` and the line of a quote that is never closed.
std::vector<DelimitedRow> parse_csv(std::string_view text, const std::string& file);

// A cell without the blanks around it.
std::string trimmed(const std::string& cell);

}  // namespace urbiome
