#include "urbiome/io/csv_rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "urbiome/io/file_bytes.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/nearest_word.h"

namespace urbiome {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr std::size_t kLongestRow = 64 << 20;  // what is longer is a quote that somebody forgot to close

bool beyond_ascii(std::string_view bytes) {
  unsigned char all = 0;
  for (const char c : bytes) all |= static_cast<unsigned char>(c);
  return all >= 0x80;
}

std::string shown(std::string_view cell) {
  constexpr std::size_t kMost = 60;
  return cell.size() <= kMost ? std::string(cell) : std::string(cell.substr(0, kMost)) + "...";
}

}  // namespace

CsvRows::CsvRows(const std::string& path)
    : path_(path), file_(std::make_unique<FileReader>(path)), size_(file_->size()) {
  refill();
  begin();
}

CsvRows::CsvRows(std::string text, const std::string& path)
    : path_(path), buffer_(std::move(text)), all_read_(true), size_(static_cast<std::int64_t>(buffer_.size())) {
  take_in(buffer_.size());
  begin();
}

// The first line.
void CsvRows::begin() {
  if (std::string_view(buffer_).substr(0, end_).starts_with("\xEF\xBB\xBF")) at_ = 3;
  if (!next()) {
    throw Error(ErrorCode::unreadable, path_ + " is empty", "a csv whose first line names the columns",
                "check the file");
  }
  for (std::size_t i = 0; i < pieces_.size(); ++i) columns_.emplace_back(cell(i));
  if (columns_.size() == 1 && columns_.front().find_first_of(";\t|") != std::string::npos) {
    throw Error(ErrorCode::unreadable, path_ + " has no comma in its first line", "cells separated by commas",
                "save it again with commas");
  }
}

CsvRows::~CsvRows() = default;

std::size_t CsvRows::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) {
    throw Error(ErrorCode::unreadable, fmt::format("{} has no column {}", path_, name),
                fmt::format("{} in its first line, which names {}", name, listed(columns_)), "name the column so");
  }
  if (std::find(found + 1, columns_.end(), name) != columns_.end()) {
    throw Error(ErrorCode::unreadable, fmt::format("{} has two columns {}", path_, name), "one",
                "name the other differently");
  }
  return static_cast<std::size_t>(found - columns_.begin());
}

// What is not yet taken moves to the front and more of the file behind it; false when there is no more.
bool CsvRows::refill() {
  if (all_read_) return false;
  if (at_ > 0) std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  if (end_ > kLongestRow) throw wrong("is longer than 64 MiB", "a row of a table", "close the quote that it opens");
  buffer_.resize(std::max(buffer_.size(), end_ + std::max(kChunk, end_)));
  const std::span<char> room(buffer_.data() + end_, buffer_.size() - end_);
  const std::size_t got = file_->read(room);
  all_read_ = got < room.size();
  take_in(got);
  return got > 0;
}

// What lies behind end_.
void CsvRows::take_in(std::size_t bytes) {
  const std::string_view more(buffer_.data() + end_, bytes);
  if (!more.empty()) last_ = more.back();
  beyond_ascii_ = beyond_ascii_ || beyond_ascii(more);
  bare_ = bare_ && more.find('"') == std::string_view::npos && more.find('\0') == std::string_view::npos;
  end_ += bytes;
  bytes_read_ += static_cast<std::int64_t>(bytes);
}

// Finds the end of the cell that begins at `at`, which goes on to what ends it; false when the buffer ends first and
// the file goes on.
bool CsvRows::scan_cell(std::size_t& at) {
  Piece piece{at, at, at < end_ && buffer_[at] == '"'};
  const char* const bytes = buffer_.data();
  if (piece.quoted) {
    for (++at;; ++at) {
      if (at >= end_) {
        if (!all_read_) return false;
        throw wrong("opens a quote that is never closed", "csv", "close the quote");
      }
      if (bytes[at] == '\n') ++breaks_;
      if (bytes[at] != '"') continue;
      if (at + 1 >= end_ && !all_read_) return false;
      if (at + 1 >= end_ || bytes[at + 1] != '"') break;
      ++at;
    }
    ++at;
  }
  while (at < end_ && bytes[at] != ',' && bytes[at] != '\n' && bytes[at] != '\r') ++at;
  if (at >= end_ && !all_read_) return false;
  piece.end = at;
  pieces_.push_back(piece);
  return true;
}

// Finds the cells of the row that begins at at_ and moves there beyond it; false when the buffer ends first.
bool CsvRows::scan_row() {
  pieces_.clear();
  breaks_ = 0;
  std::size_t at = at_;
  for (;;) {
    if (!scan_cell(at)) return false;
    if (at >= end_ || buffer_[at] != ',') break;
    ++at;
  }
  if (at < end_ && buffer_[at] == '\r') {
    if (at + 1 >= end_ && !all_read_) return false;
    if (at + 1 < end_ && buffer_[at + 1] == '\n') ++at;
  }
  at_ = std::min(at + 1, end_);
  return true;
}

bool CsvRows::next() {
  for (;;) {
    row_line_ = line_;
    if (at_ >= end_ && !refill()) return false;
    while (!scan_row()) refill();
    line_ += breaks_ + 1;
    for (Piece& piece : pieces_) {
      if (piece.quoted) unquote(piece);
    }
    if (pieces_.size() > 1 || !cell(0).empty()) break;  // no blank line
  }
  if (beyond_ascii_) require_utf8();
  if (!columns_.empty() && pieces_.size() > columns_.size()) {
    throw wrong(fmt::format("has {} cells", pieces_.size()),
                fmt::format("at most {}, one for each column", columns_.size()),
                "put quotes round cells that hold a comma");
  }
  return true;
}

// Takes the quotes out of a cell, in place: what is left is never longer.
void CsvRows::unquote(Piece& piece) {
  std::size_t to = piece.begin, from = piece.begin + 1;
  for (bool open = true; from < piece.end; ++from) {
    if (open && buffer_[from] == '"') {
      open = from + 1 < piece.end && buffer_[from + 1] == '"';
      if (!open) continue;
      ++from;
    }
    buffer_[to++] = buffer_[from];
  }
  piece.end = to;
}

std::string_view CsvRows::cell(std::size_t column) const {
  if (column >= pieces_.size()) return {};
  return std::string_view(buffer_).substr(pieces_[column].begin, pieces_[column].end - pieces_[column].begin);
}

void CsvRows::require_utf8() const {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!beyond_ascii(cell(i))) continue;
    bool changed = false;
    utf8_of(std::string(cell(i)).c_str(), &changed);
    if (changed) throw wrong("is not UTF-8", "a csv in UTF-8", "save it again with the encoding UTF-8");
  }
}

std::string_view CsvRows::text(std::size_t column) const {
  const std::string_view found = cell(column);
  if (!found.empty()) return found;
  if (column >= pieces_.size()) {
    throw wrong(fmt::format("ends before the column {}", columns_[column]), fmt::format("{} cells", columns_.size()),
                "see whether the file was cut off");
  }
  throw wrong(fmt::format("has nothing in the column {}", columns_[column]), "a value",
              "fill it in or leave the row out");
}

double CsvRows::number(std::size_t column, std::string_view what) const {
  const std::string_view written = text(column);
  double value = 0;
  const auto [end, problem] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (problem == std::errc() && end == written.data() + written.size() && std::isfinite(value)) return value + 0.0;
  throw wrong(fmt::format("has \"{}\" in the column {}", shown(written), columns_[column]),
              fmt::format("{} as a finite number", what), "correct it or leave the row out");
}

Error CsvRows::wrong(std::string_view found, std::string_view expected, std::string_view remedy) const {
  return Error(ErrorCode::unreadable, fmt::format("{} line {} {}", path_, row_line_, found), expected, remedy);
}

double CsvRows::share_read() const {
  const auto taken = static_cast<double>(bytes_read_ - static_cast<std::int64_t>(end_ - at_));
  return size_ > 0 ? std::min(taken / static_cast<double>(size_), 1.0) : 1.0;
}

bool CsvRows::ends_within_line() const { return last_ != '\n' && last_ != '\r'; }

}  // namespace urbiome
