// Cases: a drawn map and what an indicator must say about it, in plain text that an ecologist can read and count.
// tests/cases/README.md tells the words; every mistake in a case is an Error that names its line.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "small_city.h"

namespace urbiome::small {

struct Expectation {
  int line = 0;
  std::optional<double> value;  // a number, or else a status
  std::string status = "ok";
  std::string unit;  // as written: "share", "ha"
  std::string zone, variant, class_code;
  std::optional<double> valid, lower, upper;
  double tolerance = 1e-9;
  std::string reason;
};

struct DrawnMap {
  int line = 0;
  SmallCity city;
  std::vector<Expectation> expectations;
};

class CaseReader {
 public:
  static std::vector<DrawnMap> read(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw Error(ErrorCode::unreadable, path.string() + " cannot be opened");
    CaseReader reader(path.filename().string());
    std::string line;
    while (std::getline(file, line)) reader.take(line);
    reader.finish_map();
    return reader.maps_;
  }

 private:
  enum class Block { none, grid, people, zones, spaces };

  explicit CaseReader(std::string name) : name_(std::move(name)) {}

  [[noreturn]] void refuse(const std::string& found, const std::string& expected = {}) const {
    throw Error(ErrorCode::unreadable, name_ + " line " + std::to_string(line_) + ": " + found, expected);
  }

  static std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
  }

  void take(const std::string& whole) {
    ++line_;
    const std::size_t comment = whole.find('#');
    const std::string text = whole.substr(0, comment);
    const std::vector<std::string> words = words_of(text);
    if (words.empty()) return;
    if (std::isspace(static_cast<unsigned char>(text.front()))) return block_row(words);
    const std::string& verb = words[0];
    if (verb == "grid") return start_map(words);
    if (maps_.empty()) refuse("'" + verb + "' before any grid", "a line 'grid SIZE m  G=green .=built'");
    close_block();
    if (verb == "people") return start_block(Block::people, words);
    if (verb == "zones") return start_block(Block::zones, words);
    if (verb == "spaces") return start_block(Block::spaces, words);
    if (verb == "zone") return city().zones.push_back({"district", at(words, 1), rectangle(words, 2)});
    if (verb == "income") return set_income(words);
    if (verb == "space") return add_space(words);
    if (verb == "person") return add_person(words);
    if (verb == "set") return set(words);
    if (verb == "expect") return expect(words, comment == std::string::npos ? "" : whole.substr(comment + 1));
    refuse("'" + verb + "'", "grid, people, zones, zone, income, spaces, space, person, set or expect");
  }

  SmallCity& city() { return maps_.back().city; }

  const std::string& at(const std::vector<std::string>& words, std::size_t i) const {
    if (i >= words.size()) refuse("the line ends after '" + words.back() + "'", "more words");
    return words[i];
  }

  double number(const std::string& word) const {
    double value = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc() || end != word.data() + word.size()) refuse("'" + word + "'", "a number");
    return value;
  }

  // grid 10 m ...   or   grid 20 by 500 m ...  (width by height)
  void start_map(const std::vector<std::string>& words) {
    finish_map();
    maps_.push_back({line_, {}, {}});
    symbols_.clear();
    SmallCity& c = city();
    std::size_t i = 2;
    c.grid.dx = c.grid.dy = number(at(words, 1));
    if (at(words, 2) == "by") c.grid.dy = number(at(words, 3)), i = 4;
    if (at(words, i) != "m") refuse("'" + words[i] + "'", "m, the unit of the cell size");
    c.classes.push_back({.code = "nodata", .missing = Missing::nodata});
    for (++i; i < words.size(); ++i) add_class(words[i]);
    block_ = Block::grid;
  }

  // G=green+natural, ?=unknown, x=nodata, .=none
  void add_class(const std::string& word) {
    if (word.size() < 3 || word[1] != '=')
      refuse("'" + word + "'", "a symbol and what it means, such as G=green+natural");
    LegendClass entry{.code = std::string(1, word[0]), .name = word.substr(2)};
    std::istringstream roles(word.substr(2));
    for (std::string role; std::getline(roles, role, '+');) {
      if (const auto known = role_named(role))
        entry.roles.set(*known);
      else if (role == "unknown")
        entry.missing = Missing::unknown;
      else if (role == "nodata")
        entry.missing = Missing::nodata;
      else if (role != "none")
        refuse("'" + role + "'", "green, blue, built, natural, vegetated, none, unknown or nodata");
    }
    symbols_[word[0]] = static_cast<ClassIndex>(city().classes.size());
    city().classes.push_back(entry);
  }

  void start_block(Block block, const std::vector<std::string>& words) {
    block_ = block;
    block_row_ = 0;
    letters_.clear();
    if (block == Block::people) city().has_people = true;
    if (block != Block::spaces) return;
    city().has_spaces = true;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].size() < 3 || words[i][1] != '=') refuse("'" + words[i] + "'", "such as P=public+green");
      letters_[words[i][0]].words = words[i].substr(2);
    }
  }

  void block_row(const std::vector<std::string>& words) {
    if (block_ == Block::none) refuse("a row of a map outside a map", "grid, people, zones or spaces above it");
    SmallCity& c = city();
    if (block_ == Block::people) return people_row(words);
    if (words.size() != 1) refuse("spaces inside a row of a map", "one word of cells");
    const std::string& row = words[0];
    const auto length = static_cast<std::int64_t>(row.size());
    if (block_ == Block::grid) {
      if (c.grid.width != 0 && c.grid.width != length)
        refuse("a row of " + std::to_string(length) + " cells", std::to_string(c.grid.width));
      c.grid.width = length;
      ++c.grid.height;
      for (const char symbol : row) {
        if (!symbols_.contains(symbol))
          refuse(std::string("the symbol '") + symbol + "'", "one that the grid line explains");
        c.cells.push_back(symbols_[symbol]);
      }
      return;
    }
    if (length != c.grid.width || block_row_ >= c.grid.height) refuse("rows that do not fit the grid");
    for (std::int64_t col = 0; col < length; ++col) {
      const char letter = row[static_cast<std::size_t>(col)];
      if (letter == '-') continue;
      if (block_ == Block::spaces && !letters_.contains(letter))
        refuse(std::string("the letter '") + letter + "'", "one explained after 'spaces'");
      letters_[letter].cells.push_back(cell_shape(block_row_, col));
    }
    ++block_row_;
  }

  MultiPolygon cell_shape(std::int64_t row, std::int64_t col) {
    const auto r = static_cast<double>(row), c = static_cast<double>(col);
    return cells_shape(grid_at_origin(), c, c + 1, r, r + 1);
  }

  // All maps have their lower left corner at (0, 0); known when the rows of the grid are in.
  Grid grid_at_origin() {
    Grid grid = city().grid;
    grid.y0 = grid.dy * static_cast<double>(grid.height);
    return grid;
  }

  void people_row(const std::vector<std::string>& words) {
    if (static_cast<std::int64_t>(words.size()) != city().grid.width || block_row_ >= city().grid.height) {
      refuse("rows of people that do not fit the grid", "a number or '.' for every cell");
    }
    for (std::size_t col = 0; col < words.size(); ++col) {
      if (words[col] != ".")
        city().tracts.push_back({cell_shape(block_row_, static_cast<std::int64_t>(col)), number(words[col])});
    }
    ++block_row_;
  }

  void close_block() {
    SmallCity& c = city();
    if (block_ == Block::grid) {
      c.grid = grid_at_origin();
      const auto width = static_cast<double>(c.grid.width), height = static_cast<double>(c.grid.height);
      c.zones.push_back({"city", "city", cells_shape(c.grid, 0, width, 0, height)});
    }
    for (const auto& [letter, drawn] : letters_) {
      if (block_ == Block::zones) c.zones.push_back({"district", std::string(1, letter), union_of(drawn.cells)});
      if (block_ == Block::spaces) c.spaces.push_back(space_of(drawn.words, union_of(drawn.cells)));
    }
    letters_.clear();
    block_ = Block::none;
  }

  void finish_map() {
    if (maps_.empty()) return;
    close_block();
    if (maps_.back().expectations.empty()) refuse("a map that nothing is expected of", "a line 'expect ...'");
  }

  // columns 0 to 2.5 rows 0 to 3
  MultiPolygon rectangle(const std::vector<std::string>& w, std::size_t i) {
    if (at(w, i) != "columns" || at(w, i + 2) != "to" || at(w, i + 4) != "rows" || at(w, i + 6) != "to") {
      refuse("a place that is not a rectangle", "columns A to B rows C to D");
    }
    return cells_shape(city().grid, number(w[i + 1]), number(w[i + 3]), number(w[i + 5]), number(at(w, i + 7)));
  }

  Space space_of(const std::string& text, MultiPolygon shape) const {
    Space space{std::move(shape), Role::green, Access::unknown};
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, '+');) {
      if (part == "public")
        space.access = Access::open;
      else if (part == "private")
        space.access = Access::closed;
      else if (part == "blue")
        space.role = Role::blue;
      else if (part != "green" && part != "unknown")
        refuse("'" + part + "'", "public, private or unknown, with green or blue");
    }
    return space;
  }

  // space public+green columns 0 to 2 rows 0 to 1
  void add_space(const std::vector<std::string>& words) {
    city().has_spaces = true;
    city().spaces.push_back(space_of(at(words, 1), rectangle(words, 2)));
  }

  // income A=1200 B=800
  void set_income(const std::vector<std::string>& words) {
    city().has_income = true;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t sign = words[i].find('=');
      const auto is = [&](const NamedShape& zone) {
        return zone.level != "city" && zone.id == words[i].substr(0, sign);
      };
      const auto zone = std::find_if(city().zones.begin(), city().zones.end(), is);
      if (sign == std::string::npos || zone == city().zones.end()) refuse("'" + words[i] + "'", "ZONE=INCOME");
      zone->income = number(words[i].substr(sign + 1));
    }
  }

  // person 3 at column 2.5 row 0.5
  void add_person(const std::vector<std::string>& words) {
    if (at(words, 2) != "at" || at(words, 3) != "column" || at(words, 5) != "row")
      refuse("a person nowhere", "person N at column C row R");
    const Point point{city().grid.x_of(number(words[4])), city().grid.y_of(number(at(words, 6)))};
    city().has_people = true;
    city().households.push_back({point, number(words[1])});
  }

  Role role(const std::string& word) const {
    if (const auto known = role_named(word)) return *known;
    refuse("'" + word + "'", "a role");
  }

  bool either(const std::string& word, const std::string& yes, const std::string& no) const {
    if (word != yes && word != no) refuse("'" + word + "'", yes + " or " + no);
    return word == yes;
  }

  // set near_distance_m = 20
  void set(const std::vector<std::string>& words) {
    if (at(words, 2) != "=") refuse("no '=' after '" + words[1] + "'", "set NAME = VALUE");
    const std::string &name = words[1], &value = at(words, 3);
    FactParameters& p = city().parameters;
    if (name == "near_distance_m")
      p.near_distance_m = number(value);
    else if (name == "min_green_area_ha")
      p.min_green_area_m2 = number(value) * 1e4;
    else if (name == "connect_distance_m")
      p.connect_distance_m = number(value);
    else if (name == "min_patch_area_m2")
      p.min_patch_area_m2 = number(value);
    else if (name == "patch_directions")
      p.patch_directions = either(value, "4", "8") ? 4 : 8;
    else if (name == "exposure_radius_m")
      p.exposure_radius_m = number(value);
    else if (name == "connect_tie")
      p.connect_tie_le = either(value, "le", "lt");
    else if (name == "measure")
      p.near_edge = either(value, "edge", "centre");
    else if (name == "patch_role")
      p.patch_role = role(value);
    else if (name == "connect_role")
      p.connect_role = role(value);
    else if (name == "public_unknown")
      city().unknown_is_public = either(value, "public", "private");
    else if (name == "cells")
      city().zones_by_centre = either(value, "centre", "exact");
    else if (name == "cannot_tell")
      city().knowable.set(role(value), false);
    else if (name == "near_source") {
      if (value != "union") either(value, "spaces", "land_cover");
      p.near_from_land_cover = value != "spaces";
      p.near_from_spaces = value != "land_cover";
    } else
      refuse("the parameter '" + name + "'", "one of the recipe's [parameters], cells or cannot_tell");
  }

  // expect 0.428571 share in zone A, class G, variant 300m, valid 0.875, bounds 0.1 to 0.4 within 1e-6
  void expect(std::vector<std::string> words, const std::string& reason) {
    Expectation e{.line = line_, .reason = reason};
    for (std::string& word : words) {
      if (word.size() > 1 && word.back() == ',') word.pop_back();
    }
    const std::string& first = at(words, 1);
    if (std::isalpha(static_cast<unsigned char>(first.front())))
      e.status = first;
    else
      e.value = number(first);
    std::size_t i = 2;
    const auto keyword = [](const std::string& w) {
      return w == "in" || w == "class" || w == "variant" || w == "valid" || w == "bounds" || w == "within";
    };
    for (; i < words.size() && !keyword(words[i]); ++i) e.unit += (e.unit.empty() ? "" : " ") + words[i];
    while (i < words.size()) {
      const std::string& word = words[i];
      if (word == "in") {
        if (at(words, i + 1) != "zone") refuse("'in " + words[i + 1] + "'", "in zone NAME");
        e.zone = at(words, i + 2), i += 3;
      } else if (word == "class") {
        e.class_code = at(words, i + 1), i += 2;
      } else if (word == "variant") {
        e.variant = at(words, i + 1), i += 2;
      } else if (word == "valid") {
        e.valid = number(at(words, i + 1)), i += 2;
      } else if (word == "within") {
        e.tolerance = number(at(words, i + 1)), i += 2;
      } else if (word == "bounds") {
        e.lower = number(at(words, i + 1)), e.upper = number(at(words, i + 3)), i += 4;
      } else {
        refuse("'" + word + "'", "in zone, class, variant, valid, bounds or within");
      }
    }
    maps_.back().expectations.push_back(e);
  }

  struct Drawn {
    std::string words;
    std::vector<MultiPolygon> cells;
  };

  std::string name_;
  int line_ = 0;
  std::vector<DrawnMap> maps_;
  std::map<char, ClassIndex> symbols_;
  Block block_ = Block::none;
  std::int64_t block_row_ = 0;
  std::map<char, Drawn> letters_;
};

}  // namespace urbiome::small
