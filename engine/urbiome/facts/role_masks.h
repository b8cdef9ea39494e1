// Land cover as one bit per cell and role, decoded band by band, kept while the budget allows.
//
// A band is a row of tiles. Every decode can feed a second consumer (the tally of classes). Masks of bands that are
// forgotten are decoded again when they are asked for; the bits are the same.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/kernel/cell_mask.h"

namespace urbiome {

class RoleMasks {
 public:
  using EachTile = std::function<void(int slot, const Window&, std::span<const ClassIndex>)>;

  // One mask per set, over the rows and columns of `area` (all bits elsewhere are 0). `keep`: no band is forgotten.
  RoleMasks(const Landscape& landscape, std::vector<ClassSet> sets, const Window& area, bool keep, Executor& executor);

  const Window& area() const { return area_; }
  std::size_t sets() const { return sets_.size(); }
  std::size_t bands() const { return bands_.size(); }
  std::int64_t first_row(std::size_t band) const { return bands_[band].rows.row; }
  std::int64_t row_end(std::size_t band) const { return bands_[band].rows.row_end(); }

  // Decodes bands first .. end - 1 that are not there, and hands every tile of those to `each`. `beside` is called once
  // at the same time, to work on other bands.
  void load(std::size_t first, std::size_t end, const EachTile& each = {}, const std::function<void()>& beside = {});
  // The same for the bands that rows first .. end - 1 lie in.
  void load_rows(std::int64_t first, std::int64_t end);
  // Forgets bands that end above `row`, unless all are kept.
  void forget_above(std::int64_t row);
  void forget_all();

  // Appends the runs of a set in a row of a loaded band; nothing for rows outside the area.
  void append_runs(std::size_t set, std::int64_t row, std::vector<Run>& out) const;

  // Bytes of all masks of `rows` rows.
  static std::int64_t bytes_for(std::size_t sets, std::int64_t rows, std::int64_t width) {
    return static_cast<std::int64_t>(sets) * CellMask::bytes_for(rows, width);
  }

 private:
  struct Band {
    Window rows;  // of the area
    std::vector<Window> tiles;
    std::vector<CellMask> masks;
    bool there = false;
  };
  struct Seat {
    std::unique_ptr<TileReader> reader;
    std::vector<ClassIndex> cells;
  };
  void decode(Band& band, const EachTile& each);

  const Landscape& landscape_;
  std::vector<ClassSet> sets_;
  MemberBits members_;
  Window area_;
  bool keep_;
  Executor& executor_;
  std::vector<Band> bands_;
  std::vector<std::size_t> band_of_row_;  // from area_.row on
  std::vector<Seat> seats_;
};

}  // namespace urbiome
