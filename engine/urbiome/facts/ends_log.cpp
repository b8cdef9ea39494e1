#include "urbiome/facts/ends_log.h"

#include <algorithm>

namespace urbiome {
namespace {

Block block_of(const ColumnMembers& members) {
  Block block;
  block.put_all(members.rows);
  block.put_all(members.ids);
  return block;
}

ColumnMembers members_in(Block& block, std::int64_t width, bool with_ids) {
  ColumnMembers members;
  const auto size = static_cast<std::size_t>(width);
  block.take_all(members.rows, size);
  block.take_all(members.ids, with_ids ? size : 0);
  return members;
}

std::int64_t share_of(const Executor& executor) { return executor.memory().limit() / 8; }

std::int64_t table_bytes(std::int64_t width, std::int64_t bands, bool with_ids) {
  return 2 * width * bands * (with_ids ? 12 : 4);
}

}  // namespace

// Half for one side, a quarter each for the two forms of the other.
EndsLog::EndsLog(std::int64_t width, bool with_ids, const Executor& executor)
    : width_(width),
      with_ids_(with_ids),
      seen_(ColumnMembers::none(width, with_ids)),
      above_(share_of(executor) / 2, executor.settings().scratch_folder),
      first_(share_of(executor) / 4, executor.settings().scratch_folder),
      below_(share_of(executor) / 4, executor.settings().scratch_folder) {}

void EndsLog::append(const ColumnEnds& ends) {
  above_.append(block_of(seen_));
  first_.append(block_of(ends.first));
  seen_.take(ends.last);
}

void EndsLog::close() {
  seen_ = ColumnMembers::none(width_, with_ids_);
  Block block;
  while (first_.blocks() > 0) {
    first_.pop(block);
    below_.append(block_of(seen_));
    seen_.take(members_in(block, width_, with_ids_));
  }
}

ColumnsBeyond EndsLog::beyond(std::int64_t band) const {
  ColumnsBeyond beyond;
  Block block;
  above_.read(band, block);
  beyond.above = members_in(block, width_, with_ids_);
  below_.read(below_.blocks() - 1 - band, block);
  beyond.below = members_in(block, width_, with_ids_);
  return beyond;
}

std::int64_t EndsLog::memory_bytes(std::int64_t width, std::int64_t bands, bool with_ids, const Executor& executor) {
  return std::min(table_bytes(width, bands, with_ids), share_of(executor));
}

std::int64_t EndsLog::scratch_bytes(std::int64_t width, std::int64_t bands, bool with_ids, const Executor& executor) {
  const std::int64_t table = table_bytes(width, bands, with_ids);
  return table / 2 <= share_of(executor) / 4 ? 0 : table;
}

}  // namespace urbiome
