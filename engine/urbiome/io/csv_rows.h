// A csv row by row, for tables of millions of rows: cells are views into a buffer of the reader.
//
//   CsvRows rows("costs.csv");
//   const std::size_t origin = rows.column("origin"), cost = rows.column("cost");
//   while (rows.next()) use(rows.text(origin), rows.number(cost, "a cost"));
//
// The form: RFC 4180 with LF, CRLF or CR, UTF-8 with or without a byte order mark, blank lines skipped, short rows
// filled with empty cells. Memory: a megabyte, or twice the longest row.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/error.h"

namespace urbiome {

class CsvRows {
 public:
  // Opens it and reads the first line. Throws Error{unreadable}: no such file, empty, not UTF-8, another separator than
  // the comma.
  explicit CsvRows(const std::string& path);
  CsvRows(std::string text, const std::string& path);  // the same of what was read from there
  ~CsvRows();
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  const std::vector<std::string>& columns() const { return columns_; }
  // The place of a column; Error{unreadable} when the first line does not name it, or twice.
  std::size_t column(std::string_view name) const;

  // Goes on to the next row; false when there is none. Throws Error{unreadable} that names the line: more cells than
  // columns, a quote that is never closed, not UTF-8.
  bool next();

  std::size_t cells() const { return pieces_.size(); }  // of the row: fewer than columns where it is short
  // A cell of the row, until the next one: empty where the row is short.
  std::string_view cell(std::size_t column) const;
  // The same; Error{unreadable} when it is empty.
  std::string_view text(std::size_t column) const;
  // The same as a finite number, the sign of 0 dropped. `what` it is, for errors: "a cost".
  double number(std::size_t column, std::string_view what) const;
  // Error{unreadable} about this row: "<path> line <n> <found>".
  Error wrong(std::string_view found, std::string_view expected, std::string_view remedy) const;

  std::int64_t line() const { return row_line_; }  // where the row begins, from 1
  double share_read() const;                       // of the file, 0 to 1
  bool is_bare() const { return bare_; }           // no quote and no NUL as yet
  bool ends_within_line() const;                   // after the last row: no line break there, as after a cut

 private:
  struct Piece {
    std::size_t begin, end;  // in buffer_
    bool quoted;
  };

  void begin();
  bool refill();
  void take_in(std::size_t bytes);
  bool scan_row();
  bool scan_cell(std::size_t& at);
  void unquote(Piece& piece);
  void require_utf8() const;

  std::string path_;
  std::unique_ptr<class FileReader> file_;  // none for a text
  std::string buffer_;
  std::size_t at_ = 0, end_ = 0;  // what is not yet taken of it
  bool all_read_ = false, beyond_ascii_ = false, bare_ = true;
  char last_ = '\n';
  std::int64_t size_, bytes_read_ = 0, line_ = 1, row_line_ = 1, breaks_ = 0;
  std::vector<Piece> pieces_;
  std::vector<std::string> columns_;
};

}  // namespace urbiome
