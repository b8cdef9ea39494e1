// Results: one row per value, as users and outside tests rely on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/base/status.h"
#include "urbiome/base/table.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/kernel/fairness.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

struct ResultRow {
  std::string city, scenario, date, zone_level, zone_id, zone_name, framework, indicator, variant, class_code;
  std::optional<double> value;
  std::string unit;
  std::optional<double> lower, upper, valid_share;
  Status status = Status::ok;
  std::string method, group, topic;
  std::optional<int> score;
  std::string label, evidence;

  void name_place(const std::string& of_city, const std::string& of_date, const Zone& zone);
};

struct PhaseRecord {
  std::string phase, kind, date;
  std::vector<std::string> facts;
  double seconds = 0;
  double peak_memory_mib = 0;  // of the process, after the phase
};

// How what residents have adds up, from the worst served on: see run/lorenz.h.
struct LorenzCurve {
  std::string date, zone_level, group, indicator;
  std::vector<LorenzPoint> points;
};

struct Results {
  std::vector<ResultRow> rows;
  std::vector<LorenzCurve> lorenz;
  std::vector<PhaseRecord> phases;
  AuditLog audit;
  bool failed = false;  // some row has status failed
};

// A row that says only why it has no value.
void hide(ResultRow& row, Status status, const std::string& why);
std::string fewer_than(std::int64_t people);

// Names the group of a row, and hides what it says where fewer people make the group up than may be shown.
void show_as_group(const FactStore& store, std::size_t population, std::size_t zone, ResultRow& row);

// The columns of CONTRACTS section 2, in their order.
Table results_table(const Results& results);

}  // namespace urbiome
