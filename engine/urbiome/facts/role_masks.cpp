#include "urbiome/facts/role_masks.h"

#include <algorithm>

namespace urbiome {

RoleMasks::RoleMasks(const Landscape& landscape, std::vector<ClassSet> sets, const Window& area, bool keep,
                     Executor& executor)
    : landscape_(landscape),
      sets_(std::move(sets)),
      members_(member_bits(sets_)),
      area_(area),
      keep_(keep),
      executor_(executor),
      seats_(static_cast<std::size_t>(executor.threads())) {
  for (const Window& tile : tiles_of(*landscape.source, area, executor.settings().tile_size)) {
    if (bands_.empty() || bands_.back().rows.row != tile.row)
      bands_.push_back({{tile.row, area.col, tile.rows, area.cols}, {}, {}, false});
    bands_.back().tiles.push_back(tile);
  }
  for (std::size_t i = 0; i < bands_.size(); ++i)
    band_of_row_.insert(band_of_row_.end(), static_cast<std::size_t>(bands_[i].rows.rows), i);
}

void RoleMasks::decode(Band& band, const EachTile& each) {
  const int slot = executor_.current_slot();
  Seat& seat = seats_[static_cast<std::size_t>(slot)];
  if (!seat.reader) seat.reader = landscape_.source->open();
  const int classes = static_cast<int>(landscape_.source->classes().size());
  std::vector<CellMask> masks(sets_.size(), CellMask(band.rows.row, band.rows.rows, landscape_.grid().width));
  std::vector<std::span<std::uint64_t>> rows(masks.size());
  for (const Window& tile : band.tiles) {
    executor_.throw_if_cancelled();
    seat.cells.resize(static_cast<std::size_t>(tile.cells()));
    seat.reader->read(tile, seat.cells);
    if (each) each(slot, tile, seat.cells);
    for (std::int64_t row = 0; row < tile.rows && !masks.empty(); ++row) {
      for (std::size_t m = 0; m < masks.size(); ++m) rows[m] = masks[m].row(tile.row + row);
      mark_members(
          std::span(seat.cells).subspan(static_cast<std::size_t>(row * tile.cols), static_cast<std::size_t>(tile.cols)),
          members_, classes, tile.col, rows);
    }
  }
  band.masks = std::move(masks);
  band.there = true;
}

void RoleMasks::load(std::size_t first, std::size_t end, const EachTile& each, const std::function<void()>& beside) {
  std::vector<std::size_t> missing;
  for (std::size_t i = first; i < std::min(end, bands_.size()); ++i) {
    if (!bands_[i].there) missing.push_back(i);
  }
  const std::int64_t others = beside ? 1 : 0;
  executor_.parts(others + static_cast<std::int64_t>(missing.size()), "bits of roles", [&](std::int64_t i) {
    if (i < others) return beside();
    decode(bands_[missing[static_cast<std::size_t>(i - others)]], each);
  });
}

void RoleMasks::load_rows(std::int64_t first, std::int64_t end) {
  first = std::max(first, area_.row);
  end = std::min(end, area_.row_end());
  if (first >= end) return;
  load(band_of_row_[static_cast<std::size_t>(first - area_.row)],
       band_of_row_[static_cast<std::size_t>(end - 1 - area_.row)] + 1);
}

void RoleMasks::forget_above(std::int64_t row) {
  if (keep_) return;
  for (Band& band : bands_) {
    if (band.rows.row_end() > row) break;
    band.masks = {};
    band.there = false;
  }
}

void RoleMasks::forget_all() {
  if (!keep_) forget_above(area_.row_end());
}

void RoleMasks::append_runs(std::size_t set, std::int64_t row, std::vector<Run>& out) const {
  if (row < area_.row || row >= area_.row_end()) return;
  const Band& band = bands_[band_of_row_[static_cast<std::size_t>(row - area_.row)]];
  urbiome::append_runs(band.masks[set].row(row), area_.col, area_.col_end(), out);
}

}  // namespace urbiome
