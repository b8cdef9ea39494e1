#include "urbiome/run/place_table.h"

#include <bit>
#include <functional>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/csv_rows.h"

namespace urbiome {
namespace {

double number_of(const CsvRows& rows, std::size_t at, const NumberColumn& column, const std::string& path) {
  const double number = rows.number(at, column.words);
  if (number >= 0 && number <= column.most) return number;
  throw Error(ErrorCode::contradiction,
              fmt::format("{} line {} has {:g} in the column {}", path, rows.line(), number, column.name),
              fmt::format("{} from 0 to {:g}", column.words, column.most), "correct it or leave the row out");
}

}  // namespace

PlaceTable::PlaceTable(const std::string& path, const PlaceColumns& columns, const MemoryBudget& memory)
    : path_(path), numbers_(columns.numbers.size()) {
  constexpr std::size_t kRowsAtOnce = 1 << 16;  // between two looks at the memory
  CsvRows rows(path);
  const std::size_t id = rows.column("id");
  std::vector<std::size_t> numbers;
  for (const NumberColumn& column : columns.numbers) numbers.push_back(rows.column(column.name));
  const bool labelled = !columns.label.empty();
  const std::size_t label = labelled ? rows.column(columns.label) : 0;
  std::vector<std::int64_t> lines;
  while (rows.next()) {
    ids_.emplace_back(rows.text(id));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers_[i].push_back(number_of(rows, numbers[i], columns.numbers[i], path));
    if (labelled) labels_.emplace_back(rows.cell(label));
    lines.push_back(rows.line());
    if (lines.size() % kRowsAtOnce == 0) memory.check("the table " + path);
  }
  if (ids_.empty()) {
    throw Error(ErrorCode::unreadable, path + " has no rows below its first line", "one for each place",
                "check the file");
  }
  ends_within_line_ = rows.ends_within_line();
  index(lines);
}

void PlaceTable::index(const std::vector<std::int64_t>& lines) {
  slots_.resize(std::bit_ceil(2 * ids_.size()));
  for (std::size_t place = 0; place < ids_.size(); ++place) {
    const std::size_t hash = std::hash<std::string_view>()(ids_[place]);
    Slot& slot = slots_[slot_of(ids_[place], hash)];
    if (slot.place_and_one > 0) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{} has the id {} on line {} and on line {}", path_, ids_[place],
                              lines[slot.place_and_one - 1], lines[place]),
                  "each id once", "join the rows or rename one");
    }
    slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(place + 1)};
  }
}

std::size_t PlaceTable::slot_of(std::string_view id, std::size_t hash) const {
  const std::size_t last = slots_.size() - 1;
  for (std::size_t at = hash & last;; at = (at + 1) & last) {
    const Slot& slot = slots_[at];
    if (slot.place_and_one == 0) return at;
    if (slot.tag == static_cast<std::uint32_t>(hash >> 32) && ids_[slot.place_and_one - 1] == id) return at;
  }
}

std::optional<std::uint32_t> PlaceFinder::find(std::string_view id) {
  const std::vector<std::string>& ids = table_.ids_;
  if (ids[last_] == id) return last_;
  const std::uint32_t next = last_ + 1 < ids.size() ? last_ + 1 : 0;
  if (ids[next] == id) return last_ = next;
  const PlaceTable::Slot& slot = table_.slots_[table_.slot_of(id, std::hash<std::string_view>()(id))];
  if (slot.place_and_one == 0) return std::nullopt;
  return last_ = slot.place_and_one - 1;
}

}  // namespace urbiome
