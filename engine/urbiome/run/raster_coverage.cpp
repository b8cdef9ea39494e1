#include "urbiome/run/raster_coverage.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "urbiome/io/raster_reader.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/raster_layer.h"

namespace urbiome {
namespace {

constexpr std::int64_t kZonesAtOnce = 1024;
constexpr std::int64_t kPieceCells = 1 << 16;
constexpr std::int64_t kRowBytes = 40;

// Some rows of one zone: what a thread turns into text at a time.
struct Piece {
  std::size_t zone;
  std::int64_t first_row, row_end;
};

std::int64_t cells_in(const Coverage& coverage, std::int64_t row) {
  auto cells = static_cast<std::int64_t>(coverage.partials_of(row).size());
  for (const CellSpan& span : coverage.spans_of(row)) cells += span.end - span.begin;
  return cells;
}

std::vector<Piece> pieces_of(const std::vector<Coverage>& zones, std::int64_t& cells) {
  std::vector<Piece> pieces;
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    const Coverage& coverage = zones[zone];
    std::int64_t held = 0, first = coverage.first_row;
    for (std::int64_t row = first; row < coverage.row_end(); ++row) {
      held += cells_in(coverage, row);
      if (held < kPieceCells && row + 1 < coverage.row_end()) continue;
      pieces.push_back({zone, first, row + 1});
      cells += held;
      held = 0;
      first = row + 1;
    }
  }
  return pieces;
}

// Records with one zone's id, which is escaped once.
class Records {
 public:
  explicit Records(const std::string& zone_id) {
    append_csv_row(lead_, std::array<Cell, 2>{zone_id, std::int64_t{0}});
    lead_.resize(lead_.size() - 2);  // "0" and the end of the line
  }

  void add_row(const Coverage& coverage, std::int64_t row) {
    std::string lead = lead_;
    append(lead, row);
    lead += ',';
    const auto spans = coverage.spans_of(row);
    const auto partials = coverage.partials_of(row);
    std::size_t s = 0, p = 0;
    while (s < spans.size() || p < partials.size()) {
      if (p == partials.size() || (s < spans.size() && spans[s].begin < partials[p].col)) {
        for (std::int32_t col = spans[s].begin; col < spans[s].end; ++col) add(lead, col, 1.0);
        ++s;
      } else {
        add(lead, partials[p].col, from_fixed(partials[p].share));
        ++p;
      }
    }
  }
  std::string take() { return std::move(text_); }

 private:
  template <class Number>
  static void append(std::string& text, Number number) {
    std::array<char, 32> digits{};
    const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text.append(digits.data(), problem == std::errc() ? end : digits.data());
  }
  void add(const std::string& lead, std::int32_t col, double share) {
    text_ += lead;
    append(text_, col);
    text_ += ',';
    append(text_, share);
    text_ += '\n';
  }

  std::string lead_, text_;
};

}  // namespace

CoverageJob::CoverageJob(const std::string& raster, const std::string& crs_override, const ZonesRequest& zones,
                         Executor& executor, AuditLog& audit)
    : zones_(zones) {
  const RasterInfo info = describe_raster(raster);
  const std::optional<Crs> crs = optional_crs(raster, info.crs, crs_override, audit);
  shapes_ = std::make_unique<ZoneShapes>(info.grid, crs, zones, executor, audit);
  plan_ = {"coverage", info.grid, {}};
  const auto count = static_cast<std::int64_t>(shapes_->size());
  const std::int64_t piece = (kPieceCells + info.grid.width) * (kRowBytes + 24);
  plan_.phases.push_back({"laying zones and writing", (count + kZonesAtOnce - 1) / kZonesAtOnce,
                          piece * executor.most_waiting(), 0, 1e-4 * static_cast<double>(count) / executor.threads()});
}

std::int64_t CoverageJob::write(const std::string& path, Executor& executor, AuditLog& audit) {
  CsvWriter file(path, {"zone_id", "row", "col", "share"});
  std::int64_t written = 0;
  const auto count = static_cast<std::int64_t>(shapes_->size());
  for (std::int64_t first = 0; first < count; first += kZonesAtOnce) {
    std::vector<Coverage> zones(static_cast<std::size_t>(std::min(kZonesAtOnce, count - first)));
    const auto id_of = [&](std::size_t zone) { return static_cast<std::size_t>(first) + zone; };
    executor.items(static_cast<std::int64_t>(zones.size()), "laying zones on the grid", [&](std::int64_t item) {
      const auto zone = static_cast<std::size_t>(item);
      zones[zone] = shapes_->lay(id_of(zone));
    });
    const std::vector<Piece> pieces = pieces_of(zones, written);
    executor.in_order(
        static_cast<std::int64_t>(pieces.size()), "writing shares",
        [&](std::int64_t item) {
          const Piece& piece = pieces[static_cast<std::size_t>(item)];
          Records records(shapes_->id(id_of(piece.zone)));
          for (std::int64_t row = piece.first_row; row < piece.row_end; ++row) records.add_row(zones[piece.zone], row);
          return records.take();
        },
        [&](std::int64_t, const std::string& text) { file.write(text); });
  }
  file.close();
  if (written == 0) warn_that_none_touches(zones_, shapes_->size(), audit);
  return written;
}

}  // namespace urbiome
