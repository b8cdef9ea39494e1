#include "urbiome/io/point_table.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/csv_rows.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/number_cells.h"

namespace urbiome {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool exists(const std::string& path) {
  VSIStatBufL status;
  return VSIStatL(path.c_str(), &status) == 0;
}

bool is_plain_file(const VectorRequest& request) {
  const std::string end = ".csv";
  if (request.x.empty() || request.y.empty() || request.x == request.y || !request.where.empty()) return false;
  if (!request.path.ends_with(end) || is_special_file(request.path) || !exists(request.path)) return false;
  const std::string stem = request.path.substr(0, request.path.size() - end.size());
  if (exists(stem + ".csvt") || exists(stem + ".prj")) return false;
  const auto slash = stem.find_last_of('/');
  return request.layer.empty() || request.layer == stem.substr(slash == std::string::npos ? 0 : slash + 1);
}

// Names that OGR takes as they stand, and for a first line.
bool are_plain(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const std::string& name : names) {
    if (name.empty() || !is_letter(name.front()) || is_space(name.back()) ||
        name.find_first_of(";\t|*\"") != std::string::npos)
      return false;
    known.push_back(lower(name));
    if (known.back().starts_with("wkt") || known.back() == "fid") return false;
  }
  std::ranges::sort(known);
  return std::ranges::adjacent_find(known) == known.end();
}

bool read_number(std::string_view text, double& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size() && std::isfinite(number);
}

bool is_plain(std::string_view cell) { return cell.empty() || !(is_space(cell.front()) || is_space(cell.back())); }

// False where a row is not plain.
bool read_rows(CsvRows& rows, const VectorRequest& request, PointTable& table) {
  const auto place_of = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(rows.columns(), name) - rows.columns().begin());
  };
  std::vector<std::size_t> places{place_of(request.x), place_of(request.y)};
  for (const std::string& name : request.columns) places.push_back(place_of(name));
  if (std::ranges::max(places) >= rows.columns().size()) return false;
  while (rows.next()) {
    if (table.points.size() % 1024 == 0) stop_if_cancelled();
    Point& point = table.points.emplace_back();
    if (rows.cells() != rows.columns().size() || !read_number(rows.cell(places[0]), point.x) ||
        !read_number(rows.cell(places[1]), point.y))
      return false;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string_view cell = rows.cell(places[i + 2]);
      if (!is_plain(cell)) return false;
      table.columns[i].add(cell);
    }
  }
  return rows.is_bare();
}

}  // namespace

void TextColumn::add(std::string_view text) {
  texts_ += text;
  ends_.push_back(texts_.size());
  if (text.empty() || !all_numbers_) return;
  Cell number;
  all_numbers_ = parse_number(text, number);
  all_whole_ = all_whole_ && std::holds_alternative<std::int64_t>(number);
}

Cell TextColumn::cell(std::size_t row) const {
  const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
  const std::string_view text = std::string_view(texts_).substr(begin, ends_[row] - begin);
  if (text.empty()) return {};
  if (!all_numbers_) return std::string(text);
  Cell number;
  parse_number(text, number);
  if (!all_whole_ && std::holds_alternative<std::int64_t>(number))
    return static_cast<double>(std::get<std::int64_t>(number));
  return number;
}

std::optional<PointTable> read_plain_points(const VectorRequest& request) {
  if (!is_plain_file(request)) return {};
  PointTable table{{}, std::vector<TextColumn>(request.columns.size())};
  try {
    CsvRows rows(request.path);
    if (!are_plain(rows.columns()) || !read_rows(rows, request, table)) return {};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unreadable) throw;
    return {};
  }
  return table;
}

}  // namespace urbiome
