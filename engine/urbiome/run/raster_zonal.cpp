#include "urbiome/run/raster_zonal.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/facts/zonal.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

constexpr std::string_view kArea = "area";

std::vector<Statistic> statistics_from(const ZonalRequest& request) {
  std::vector<Statistic> statistics;
  for (const std::string& name : request.statistics) {
    const std::optional<Statistic> statistic = Statistic::parse(name);
    if (!statistic) {
      throw Error(ErrorCode::usage, fmt::format("--statistics {}: there is no such statistic", name),
                  "count, sum, mean, min, max, range, variance, stdev, coefficient_of_variation, median, quantile_25 "
                  "(any percent), mode, majority, minority, variety, weight, weighted_sum, weighted_mean, "
                  "weighted_variance or weighted_stdev");
    }
    if (statistic->weighted() && request.weights.empty()) {
      throw Error(ErrorCode::usage, fmt::format("--statistics {} has no weights", name), "--weights",
                  "give a raster of weights, or --weights area for true cell areas");
    }
    statistics.push_back(*statistic);
  }
  if (statistics.empty()) throw Error(ErrorCode::usage, "no statistic was asked for", "--statistics, as mean,max");
  return statistics;
}

std::shared_ptr<ValueSource> open_weights(const ZonalRequest& request, const ValuesLayer& values, AuditLog& audit) {
  const ValueLayer weights = open_values(request.weights, request.weights_band);
  for (const std::string& warning : weights.info.warnings) audit.warn(request.weights, warning);
  std::optional<Crs> crs;
  if (!weights.info.crs.empty()) crs = Crs::parse(weights.info.crs);
  require_same_grid({request.values, values.grid(), values.crs}, {request.weights, weights.info.grid, crs},
                    "warp the weights to the values (gdalwarp -te ... -ts ...; counts by urbiome raster resample)");
  return weights.source;
}

}  // namespace

ZonalJob::ZonalJob(const ZonalRequest& request, Executor& executor, AuditLog& audit)
    : request_(request), statistics_(statistics_from(request)), needs_(needs_of(statistics_)) {
  if (!request.weights.empty() && !needs_.weighted) {
    audit.warn("--weights " + request.weights,
               "no statistic asked for uses the weights; name weighted_mean or weighted_sum");
  }
  const int first = request.band == 0 ? 1 : request.band;
  const ValuesLayer values = open_value_layer(request.values, first, request.crs, audit);
  grid_ = values.grid();
  for (int band = first; band <= (request.band == 0 ? values.info.bands : first); ++band) bands_.push_back(band);
  if (needs_.weighted && request.weights != kArea) weights_ = open_weights(request, values, audit);
  std::vector<ZoneCoverage> zones;
  executor.items(2, "laying zones on the grid", [&](std::int64_t part) {  // side by side: neither needs the other
    if (part == 1) {
      zones = lay_zones(grid_, values.crs, request.zones, executor, audit);
    } else if (needs_.weighted && !weights_) {
      areas_ = areas_of(grid_, values.crs);
    }
  });
  std::int64_t held = areas_.bytes();
  for (ZoneCoverage& zone : zones) {
    ids_.push_back(std::move(zone.id));
    held += zone.coverage.bytes();
    zones_.push_back(std::move(zone.coverage));
  }
  const auto tiles = tiles_of(*values.source, whole(grid_), executor.settings().tile_size);
  const std::int64_t tile_bytes = tiles.empty() ? 0 : tiles.front().cells() * (weights_ ? 16 : 8);
  plan_ = {"zonal", grid_, {}};
  plan_.phases.push_back({"summing by zone", static_cast<std::int64_t>(tiles.size() * bands_.size()),
                          held + executor.threads() * tile_bytes, 0,
                          static_cast<double>(bands_.size()) * plan_.seconds(200e6, executor)});
}

void ZonalJob::sum_band(int band, Executor& executor, std::vector<std::optional<double>>& values) {
  const auto table_bytes = static_cast<std::int64_t>(zones_.size()) * kMaxClasses * 2 *
                           static_cast<std::int64_t>(sizeof(Int128)) * executor.threads();
  ZonalQuestion question{zones_, needs_, weights_.get(), nullptr};
  if (needs_.weighted && !weights_) question.areas = &areas_;
  std::optional<ByteLayer> bytes;
  if (!weights_ && table_bytes <= executor.memory().limit() / 8) bytes = open_bytes(request_.values, band);
  // Counting takes areas along at no cost; without weights all cells are alike.
  CellAreas alike;
  if (bytes && question.areas == nullptr) {
    alike = areas_of({0, 0, 1, 1, grid_.width, grid_.height}, {});
    question.areas = &alike;
  }
  const ZonalTally tally = bytes ? zonal_sums_of_bytes(*bytes->source, bytes->nodata, question, executor)
                                 : zonal_sums(*open_values(request_.values, band).source, question, executor);
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    for (const Statistic& statistic : statistics_) values.push_back(value_of(tally.region(zone), statistic));
  }
}

std::int64_t ZonalJob::write(const std::string& path, Executor& executor) {
  std::vector<std::vector<std::optional<double>>> of_band(bands_.size());
  for (std::size_t i = 0; i < bands_.size(); ++i) sum_band(bands_[i], executor, of_band[i]);
  CsvWriter file(path, {"zone_id", "band", "statistic", "value"});
  std::string records;
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    records.clear();
    for (std::size_t i = 0; i < bands_.size(); ++i) {
      for (std::size_t k = 0; k < statistics_.size(); ++k) {
        const std::optional<double>& value = of_band[i][zone * statistics_.size() + k];
        const std::array<Cell, 4> row{ids_[zone], std::int64_t{bands_[i]}, statistics_[k].name,
                                      value ? Cell{*value} : Cell{}};
        append_csv_row(records, row);
      }
    }
    file.write(records);
  }
  file.close();
  return static_cast<std::int64_t>(zones_.size() * bands_.size() * statistics_.size());
}

}  // namespace urbiome
