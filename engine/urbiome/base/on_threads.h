// How modules that do not know the executor spread work over threads: they are handed a function that calls body(i)
// for 0 <= i < count, in any order, on as many threads as it likes. What they compute must not depend on either.
//
//   executor.parts(count, "streets", body);       // such a function, bound to a name
//   one_by_one(count, body);                      // the simplest one
#pragma once

#include <cstdint>
#include <functional>

namespace urbiome {

using OnThreads = std::function<void(std::int64_t count, const std::function<void(std::int64_t)>& body)>;

inline void one_by_one(std::int64_t count, const std::function<void(std::int64_t)>& body) {
  for (std::int64_t i = 0; i < count; ++i) body(i);
}

}  // namespace urbiome
