// Texts of a table as numbers: for io's own sources.
#pragma once

#include <string_view>

#include "urbiome/base/table.h"

namespace urbiome {

// A number as people write it in a table; an id with leading zeros, or a date is none.
bool parse_number(std::string_view text, Cell& number);

}  // namespace urbiome
