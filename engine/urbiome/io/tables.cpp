#include "urbiome/io/tables.h"

#include <array>
#include <charconv>
#include <cmath>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/csv_rows.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/gdal_door.h"

namespace urbiome {
namespace {

bool begins_like_a_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

void append_text(std::string& out, std::string_view text) {
  const bool escape = begins_like_a_formula(text);
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    if (escape) out += '\'';
    out += text;
    return;
  }
  out += '"';
  if (escape) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_cell(std::string& out, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    append_text(out, *text);
  } else if (const auto* number = std::get_if<double>(&cell)) {
    out += number_text(*number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    out += std::to_string(*integer);
  }
}

// Ends a record; a lone empty cell is quoted, for readers skip blank lines.
void end_record(std::string& out, std::size_t begin) {
  if (out.size() == begin) out += "\"\"";
  out += '\n';
}

}  // namespace

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), problem == std::errc() ? end : text.data());
}

void append_csv_row(std::string& records, std::span<const Cell> row) {
  const std::size_t begin = records.size();
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) records += ',';
    append_cell(records, row[i]);
  }
  end_record(records, begin);
}

CsvWriter::CsvWriter(const std::string& path, const std::vector<std::string>& columns)
    : file_(std::make_unique<FileWriter>(path)) {
  std::string header;
  append_csv_row(header, std::vector<Cell>(columns.begin(), columns.end()));
  file_->write(header);
}

CsvWriter::~CsvWriter() = default;
void CsvWriter::write(std::string_view records) { file_->write(records); }
void CsvWriter::close() { file_->close(); }

void write_csv(const std::string& path, const Table& table, bool byte_order_mark) {
  constexpr std::size_t kFlushAt = 1 << 20;
  FileWriter file(path);
  std::string out = byte_order_mark ? "\xEF\xBB\xBF" : "";
  append_csv_row(out, std::vector<Cell>(table.columns.begin(), table.columns.end()));
  for (const std::vector<Cell>& row : table.rows) {
    if (row.size() != table.columns.size()) {
      throw Error(ErrorCode::internal, "a row of table " + table.name + " has " + std::to_string(row.size()) + " cells",
                  std::to_string(table.columns.size()) + " cells");
    }
    append_csv_row(out, row);
    if (out.size() >= kFlushAt) {
      file.write(out);
      out.clear();
    }
  }
  file.write(out);
  file.close();
}

Table table_of_csv(std::string text, const std::string& path) {
  CsvRows rows(std::move(text), path);
  Table table{{}, rows.columns(), {}};
  while (rows.next()) {
    std::vector<Cell>& row = table.rows.emplace_back(table.columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!rows.cell(i).empty()) row[i] = std::string(rows.cell(i));
    }
  }
  return table;
}

Table read_csv(const std::string& path) { return table_of_csv(read_bytes(path), path); }

Json table_to_json(const Table& table) {
  Json list = Json::array();
  for (const std::vector<Cell>& row : table.rows) {
    stop_if_cancelled();
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
      Json& value = object[utf8_of(table.columns[i].c_str())];
      if (const auto* text = std::get_if<std::string>(&row[i])) {
        value = utf8_of(text->c_str());
      } else if (const auto* integer = std::get_if<std::int64_t>(&row[i])) {
        value = *integer;
      } else if (const auto* number = std::get_if<double>(&row[i]); number != nullptr && std::isfinite(*number)) {
        value = *number;
      }
    }
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace urbiome
