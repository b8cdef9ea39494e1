#include "urbiome/io/number_cells.h"

#include <charconv>
#include <cstdint>

namespace urbiome {

bool parse_number(std::string_view text, Cell& number) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  if (text.size() > digits + 1 && text[digits] == '0' && text[digits + 1] != '.') return false;
  if (text.find_first_not_of("0123456789.-+eE") != std::string_view::npos) return false;  // nan and inf are texts
  std::int64_t whole = 0;
  if (const auto parsed = std::from_chars(begin, end, whole); parsed.ec == std::errc() && parsed.ptr == end) {
    number = whole;
    return true;
  }
  double value = 0;
  const auto parsed = std::from_chars(begin, end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return false;
  number = value;
  return true;
}

}  // namespace urbiome
