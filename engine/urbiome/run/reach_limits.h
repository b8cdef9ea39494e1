// Limits of a walk, in metres along the street or in minutes: what is asked about opportunities and catchments.
#pragma once

#include <string>
#include <vector>

#include "urbiome/graph/street_graph.h"

namespace urbiome {

struct ReachLimit {
  double within;  // as it was given
  StreetMeasure measure;
  StreetLength length;  // what counts: at most so far, or so long on flat ground

  const char* unit() const { return measure == StreetMeasure::time ? "min" : "m"; }
};

// Metres first, each in the order given; 300, 400 and 500 m where none is. Throws Error{usage}: one that is not
// positive, or given twice.
std::vector<ReachLimit> reach_limits(const std::vector<double>& metres, const std::vector<double>& minutes,
                                     double speed_kmh);

// The farthest of one measure; 0 where there is none.
StreetLength farthest(const std::vector<ReachLimit>& limits, StreetMeasure measure);

// A length of a request, cut to what the whole Earth has.
StreetLength limit_of(double metres);

// "812 within 300 m, 900 within 5 min", of numbers that go with the limits.
std::string in_words(const std::vector<ReachLimit>& limits, const std::vector<double>& people);

}  // namespace urbiome
