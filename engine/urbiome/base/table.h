// A plain table of text, numbers and missing cells: what `run` hands down to the writers of `io`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace urbiome {

// monostate is a missing cell. Doubles are written with the fewest digits that read back to the same value.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

// A cell as an id or a name: whole numbers without decimals, missing as empty.
std::string text_of(const Cell& cell);

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as columns

  int column(std::string_view column_name) const {  // -1 when absent
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == column_name) return static_cast<int>(i);
    }
    return -1;
  }
};

}  // namespace urbiome
