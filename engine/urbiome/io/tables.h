// Tables as files: csv, json, xlsx.
//
//   write_csv(folder.path("results.csv"), results);
//   Table people = read_csv("people.csv");
//
// Guarantees: a number read back is the same double; a full disk or a missing permission is Error{unwritable} with the
// path and the reason; no cell of text is ever run as a formula by a spreadsheet.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/io/json.h"

namespace urbiome {

// RFC 4180, UTF-8, LF line ends; numbers with the fewest digits that read back to the same double; text cells that
// begin like a formula (= + - @ tab CR) get an apostrophe in front so that a spreadsheet does not run them.
void write_csv(const std::string& path, const Table& table, bool byte_order_mark = false);

// The same row by row, for tables that do not fit in memory: a header at first, then records as append_csv_row makes
// them, from one thread at a time; close() throws Error{unwritable} when a byte did not reach the file.
class CsvWriter {
 public:
  CsvWriter(const std::string& path, const std::vector<std::string>& columns);
  ~CsvWriter();
  void write(std::string_view records);
  void close();

 private:
  std::unique_ptr<class FileWriter> file_;
};
void append_csv_row(std::string& records, std::span<const Cell> row);

// Every cell text or missing (an empty cell is missing); nothing is undone, so an apostrophe in front stays. A byte
// order mark and blank lines are skipped, short rows filled with missing cells. Error{unreadable} names the line: more
// cells than columns, a quote that never ends, not UTF-8; another separator than the comma.
Table read_csv(const std::string& path);
Table table_of_csv(std::string text, const std::string& path);  // of what was read from there

Json table_to_json(const Table& table);  // a list of objects, missing cells and numbers that are not finite null

// One sheet per table: bold frozen header, filter, widths after the content; numbers as numbers (integers beyond 2^53
// as text, for a spreadsheet would round them), text longer than a cell may hold (32,767 characters) cut and marked
// with "...". More rows than a sheet holds (1,048,576 with the header) or more columns (16,384) is Error{unwritable}.
void write_xlsx(const std::string& path, const std::vector<Table>& sheets);

// A number as written in csv: shortest text that reads back to the same double.
std::string number_text(double value);

}  // namespace urbiome
