#include "urbiome/facts/people_places.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "urbiome/base/error.h"
#include "urbiome/kernel/joined_runs.h"

namespace urbiome {
namespace {

constexpr std::int64_t kRowsTogether = 64;

bool comes_before(const Point& a, const Point& b) { return std::pair(a.x, a.y) < std::pair(b.x, b.y); }

}  // namespace

PeoplePlaces::PeoplePlaces(const Landscape& landscape, std::span<const Population> populations, Executor& executor)
    : landscape_(landscape), populations_(populations) {
  std::int64_t together = 1;
  for (const Population& population : populations) {
    for (const auto& source : population.sources) together = std::max(together, source->rows_together());
  }
  band_rows_ = (kRowsTogether + together - 1) / together * together;
  const std::int64_t height = landscape.grid().height;
  rows_.resize(static_cast<std::size_t>(height));
  executor.items(bands(), "places of residents", [&](std::int64_t band) { find(band); });
  for (Row& row : rows_) {
    if (size_ > std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorCode::memory, "residents live at more than 4.29 billion places");
    row.first = static_cast<std::uint32_t>(size_);
    size_ += (row.before.empty() ? 0 : row.before.back()) + row.points.size();
  }
}

PeopleRows PeoplePlaces::people_of(std::size_t population, std::int64_t band) const {
  PeopleRows people;
  const std::int64_t first = band * band_rows_, end = std::min(first + band_rows_, rows());
  for (const auto& source : populations_[population].sources) source->rows(first, end, people);
  return people;
}

void PeoplePlaces::find(std::int64_t band) {
  for (std::size_t population = 0; population < populations_.size(); ++population) {
    const PeopleRows people = people_of(population, band);
    for (const PeopleRows::Piece& piece : people.pieces)
      rows_[static_cast<std::size_t>(piece.row)].runs.push_back({piece.begin, piece.end});
    for (const PeopleRows::AtPoint& point : people.points)
      rows_[static_cast<std::size_t>(point.row)].points.push_back(point.point.at);
  }
  for (std::int64_t i = band * band_rows_; i < std::min((band + 1) * band_rows_, rows()); ++i) {
    Row& row = rows_[static_cast<std::size_t>(i)];
    sort_and_join(row.runs);
    row.runs.shrink_to_fit();
    row.before.push_back(0);
    for (const Run& run : row.runs)
      row.before.push_back(row.before.back() + static_cast<std::uint32_t>(run.end - run.begin));
    std::ranges::sort(row.points, comes_before);
    const auto same = [](const Point& a, const Point& b) { return a.x == b.x && a.y == b.y; };
    row.points.erase(std::unique(row.points.begin(), row.points.end(), same), row.points.end());
  }
}

std::uint32_t PeoplePlaces::place_of_cell(std::int64_t row, std::int32_t col) const {
  const Row& here = rows_[static_cast<std::size_t>(row)];
  const auto next = std::ranges::upper_bound(here.runs, col, {}, &Run::begin);
  const auto run = static_cast<std::size_t>(next - here.runs.begin()) - 1;
  return here.first + here.before[run] + static_cast<std::uint32_t>(col - here.runs[run].begin);
}

std::uint32_t PeoplePlaces::place_of_point(std::int64_t row, const Point& point) const {
  const Row& here = rows_[static_cast<std::size_t>(row)];
  const auto found = std::ranges::lower_bound(here.points, point, comes_before);
  return here.first + here.before.back() + static_cast<std::uint32_t>(found - here.points.begin());
}

void PeoplePlaces::each_in_row(std::int64_t number, const Visit& visit) const {
  const Row& row = rows_[static_cast<std::size_t>(number)];
  const Grid& grid = landscape_.grid();
  const double y = grid.y_of(static_cast<double>(number) + 0.5);
  std::uint32_t place = row.first;
  for (const Run& run : row.runs) {
    for (std::int32_t col = run.begin; col < run.end; ++col) visit(place++, {grid.x_of(col + 0.5), y});
  }
  for (const Point& point : row.points) visit(place++, point);
}

void PeoplePlaces::each_part(std::int64_t band, const std::function<void(const Part&)>& visit) const {
  for (std::size_t population = 0; population < populations_.size(); ++population) {
    const PeopleRows people = people_of(population, band);
    for (const PeopleRows::Piece& piece : people.pieces) {
      visit({population, people.zone_lists[piece.zones], place_of_cell(piece.row, piece.begin), piece.end - piece.begin,
             piece.amount});
    }
    for (const PeopleRows::AtPoint& point : people.points) {
      visit({population, people.zone_lists[point.zones], place_of_point(point.row, point.point.at), 1,
             point.point.amount});
    }
  }
}

}  // namespace urbiome
