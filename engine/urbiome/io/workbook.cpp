// write_xlsx(): the one place that names the library of spreadsheets.
#include <xlsxwriter.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <memory>
#include <set>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

constexpr std::size_t kMaxRows = 1048576, kMaxColumns = 16384, kMaxCharacters = 32767;
constexpr std::size_t kMaxSheetName = 31;

// The first `most` characters (not bytes) of UTF-8 text.
std::string first_characters(const std::string& text, std::size_t most) {
  std::size_t characters = 0, end = 0;
  while (end < text.size()) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && characters++ == most) break;
    ++end;
  }
  return text.substr(0, end);
}

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// A name that the format allows and that no earlier sheet has.
std::string sheet_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = utf8_of(wanted.c_str());
  for (char& c : name) {
    if (std::string_view("[]:*?/\\'").find(c) != std::string_view::npos || static_cast<unsigned char>(c) < 0x20)
      c = '_';
  }
  if (name.empty()) name = "Sheet";
  name = first_characters(name, kMaxSheetName);
  std::string candidate = name;
  for (int n = 2; !taken.insert(lower(candidate)).second; ++n) {
    const std::string suffix = " " + std::to_string(n);
    candidate = first_characters(name, kMaxSheetName - suffix.size()) + suffix;
  }
  return candidate;
}

void check(lxw_error error, const std::string& path) {
  if (error == LXW_NO_ERROR) return;
  throw Error(ErrorCode::unwritable, path + " cannot be written: " + lxw_strerror(error), {},
              "check free space and permissions, or choose another output");
}

lxw_row_t row_number(std::size_t row) { return static_cast<lxw_row_t>(row); }
lxw_col_t column_number(std::size_t column) { return static_cast<lxw_col_t>(column); }

lxw_error write_text(lxw_worksheet* sheet, std::size_t row, std::size_t column, const std::string& raw,
                     lxw_format* format) {
  std::string text = utf8_of(raw.c_str());
  // The limit counts UTF-16 units; half of it in characters is always safe.
  if (text.size() > kMaxCharacters) text = first_characters(text, kMaxCharacters / 2) + "...";
  return worksheet_write_string(sheet, row_number(row), column_number(column), text.c_str(), format);
}

lxw_error write_cell(lxw_worksheet* sheet, std::size_t row, std::size_t column, const Cell& cell) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (const auto* text = std::get_if<std::string>(&cell)) return write_text(sheet, row, column, *text, nullptr);
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    if (*integer > kExact || *integer < -kExact)
      return write_text(sheet, row, column, std::to_string(*integer), nullptr);
    return worksheet_write_number(sheet, row_number(row), column_number(column), static_cast<double>(*integer),
                                  nullptr);
  }
  if (const auto* number = std::get_if<double>(&cell)) {
    if (std::isnan(*number)) return LXW_NO_ERROR;
    if (std::isinf(*number)) return write_text(sheet, row, column, number_text(*number), nullptr);
    return worksheet_write_number(sheet, row_number(row), column_number(column), *number, nullptr);
  }
  return LXW_NO_ERROR;
}

double column_width(const Table& table, std::size_t column) {
  constexpr std::size_t kSample = 500, kWidest = 48;
  std::size_t width = characters_of(table.columns[column]) + 3;  // room for the filter's arrow
  for (std::size_t row = 0; row < std::min(table.rows.size(), kSample); ++row) {
    const Cell& cell = table.rows[row][column];
    if (const auto* text = std::get_if<std::string>(&cell)) width = std::max(width, characters_of(*text) + 1);
    if (const auto* number = std::get_if<double>(&cell)) width = std::max(width, number_text(*number).size() + 1);
    if (const auto* integer = std::get_if<std::int64_t>(&cell))
      width = std::max(width, std::to_string(*integer).size() + 1);
  }
  return static_cast<double>(std::min(width, kWidest));
}

void check_limits(const std::string& path, const Table& table) {
  const auto refuse = [&](std::size_t found, std::string_view what, std::size_t limit) {
    throw Error(ErrorCode::unwritable,
                path + ": table " + table.name + " has " + std::to_string(found) + " " + std::string(what),
                "at most " + std::to_string(limit) + ", the limit of a spreadsheet", "use the csv output");
  };
  if (table.rows.size() + 1 > kMaxRows) refuse(table.rows.size() + 1, "rows with its header", kMaxRows);
  if (table.columns.size() > kMaxColumns) refuse(table.columns.size(), "columns", kMaxColumns);
}

void fill_sheet(lxw_worksheet* sheet, const Table& table, lxw_format* bold, const std::string& path) {
  const std::size_t columns = table.columns.size();
  for (std::size_t column = 0; column < columns; ++column) {
    worksheet_set_column(sheet, column_number(column), column_number(column), column_width(table, column), nullptr);
  }
  worksheet_freeze_panes(sheet, 1, 0);
  if (columns > 0) worksheet_autofilter(sheet, 0, 0, row_number(table.rows.size()), column_number(columns - 1));
  for (std::size_t column = 0; column < columns; ++column)
    check(write_text(sheet, 0, column, table.columns[column], bold), path);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    stop_if_cancelled();
    for (std::size_t column = 0; column < columns; ++column) {
      check(write_cell(sheet, row + 1, column, table.rows[row][column]), path);
    }
  }
}

}  // namespace

void write_xlsx(const std::string& path, const std::vector<Table>& sheets) {
  constexpr std::size_t kLarge = 2000000;  // cells; beyond it rows go to temporary files as they are written
  std::size_t cells = 0;
  for (const Table& table : sheets) {
    check_limits(path, table);
    cells += table.rows.size() * table.columns.size();
  }
  FileWriter(path).close();  // permission and existence first: the library would print about them

  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  lxw_workbook_options options{};
  options.constant_memory = cells > kLarge ? LXW_TRUE : LXW_FALSE;
  options.tmpdir = folder.data();
  struct Free {
    void operator()(lxw_workbook* book) const { lxw_workbook_free(book); }
  };
  std::unique_ptr<lxw_workbook, Free> book(workbook_new_opt(path.c_str(), &options));
  if (!book) throw Error(ErrorCode::memory, path + " cannot be begun", "memory for a workbook", "use the csv output");

  lxw_doc_properties properties{};
  properties.created = 946684800;  // 2000-01-01: the same bytes on every run
  check(workbook_set_properties(book.get(), &properties), path);
  lxw_format* bold = workbook_add_format(book.get());
  format_set_bold(bold);
  std::set<std::string> taken;
  for (const Table& table : sheets) {
    lxw_worksheet* sheet = workbook_add_worksheet(book.get(), sheet_name(table.name, taken).c_str());
    if (sheet == nullptr) throw Error(ErrorCode::internal, path + ": no sheet for table " + table.name);
    fill_sheet(sheet, table, bold, path);
  }
  check(workbook_close(book.release()), path);
}

}  // namespace urbiome
