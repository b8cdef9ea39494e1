// The members nearest to each of many bands, as distances need them: noted in one pass over the bands and read in
// another, in memory as long as they fit an eighth of the budget and in a scratch file beyond.
#pragma once

#include <cstdint>

#include "urbiome/exec/executor.h"
#include "urbiome/exec/scratch.h"
#include "urbiome/kernel/column_ends.h"

namespace urbiome {

class EndsLog {
 public:
  EndsLog(std::int64_t width, bool with_ids, const Executor& executor);

  void append(const ColumnEnds& ends);            // of the next band; from one thread at a time
  void close();                                   // after the last one
  ColumnsBeyond beyond(std::int64_t band) const;  // from any thread

  // What so many bands take: in memory at most, and in the scratch file.
  static std::int64_t memory_bytes(std::int64_t width, std::int64_t bands, bool with_ids, const Executor& executor);
  static std::int64_t scratch_bytes(std::int64_t width, std::int64_t bands, bool with_ids, const Executor& executor);

 private:
  std::int64_t width_;
  bool with_ids_;
  ColumnMembers seen_;
  BlockLog above_, first_;
  BlockLog below_;  // the last band's come first
};

}  // namespace urbiome
