// Places with an id and some numbers, and how other tables find them by id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "urbiome/exec/executor.h"

namespace urbiome {

struct NumberColumn {
  std::string name;
  std::string words;  // for errors: "a number of people"
  double most;        // numbers are from 0 to that
};

struct PlaceColumns {
  std::vector<NumberColumn> numbers;
  std::string label = {};  // name of a column of text; empty: none is read
};

class PlaceTable {
 public:
  // Reads a csv. Throws Error: unreadable (no such file or column, no number, no row), contradiction (an id twice, a
  // number out of range), memory; each names the line.
  PlaceTable(const std::string& path, const PlaceColumns& columns, const MemoryBudget& memory);
  PlaceTable(const PlaceTable&) = delete;
  PlaceTable& operator=(const PlaceTable&) = delete;

  const std::string& path() const { return path_; }
  const std::vector<std::string>& ids() const { return ids_; }                               // in the order of the file
  const std::vector<double>& numbers(std::size_t column) const { return numbers_[column]; }  // as asked for
  const std::vector<std::string>& labels() const { return labels_; }                         // empty where the cell is
  bool ends_within_line() const { return ends_within_line_; }                                // of its file
  // Leaves the table without them.
  std::vector<std::string> take_ids() { return std::move(ids_); }
  std::vector<double> take_numbers(std::size_t column) { return std::move(numbers_[column]); }

 private:
  struct Slot {
    std::uint32_t tag = 0, place_and_one = 0;  // a part of the hash; 0 is free
  };
  // The slot of an id, or the free one where it belongs.
  std::size_t slot_of(std::string_view id, std::size_t hash) const;
  void index(const std::vector<std::int64_t>& lines);

  friend class PlaceFinder;
  std::string path_;
  std::vector<std::string> ids_, labels_;
  std::vector<std::vector<double>> numbers_;
  std::vector<Slot> slots_;  // of a hash table with open addresses: ten million look-ups would wait for nodes of a map
  bool ends_within_line_ = false;
};

// Looks places up for a table that goes through them in order: the last one and the next one are tried at first.
class PlaceFinder {
 public:
  explicit PlaceFinder(const PlaceTable& table) : table_(table) {}
  std::optional<std::uint32_t> find(std::string_view id);

 private:
  const PlaceTable& table_;
  std::uint32_t last_ = 0;
};

}  // namespace urbiome
