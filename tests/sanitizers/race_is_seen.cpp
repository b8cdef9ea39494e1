// Two races on purpose, one in each of the executor's ways of working: the thread sanitizer must see them through
// oneTBB with its suppressions. The test passes when this program is stopped (WILL_FAIL).
#include <cstdio>
#include <string_view>

#include "urbiome/exec/executor.h"

int main(int count, char** words) {
  urbiome::Executor executor({.threads = 4});
  long shared = 0;
  const auto add = [&](std::int64_t) {
    for (int i = 0; i < 1000; ++i) ++shared;
    return 0;
  };
  if (count == 2 && std::string_view(words[1]) == "items") executor.items(2000, "race", add);
  if (count == 2 && std::string_view(words[1]) == "in_order") executor.in_order(2000, "race", add, [](auto...) {});
  std::printf("%ld\n", shared);
  return 0;
}
