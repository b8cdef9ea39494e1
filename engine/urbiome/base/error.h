// One error type for the whole engine.
//
// An Error says what was found, what was expected and what to do, in one sentence, and carries a code that the
// command turns into its exit status. It is thrown while reading and planning; kernels never throw.
//
//   throw Error(ErrorCode::contradiction, "zones.gpkg holds lines", "polygons", "give the layer of zone polygons");
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace urbiome {

enum class ErrorCode {
  usage,          // the call itself is wrong
  unreadable,     // an input is missing, truncated or not what it says it is
  contradiction,  // inputs that cannot all be true, or that this engine refuses
  unwritable,     // an output cannot be written: permission, full disk, it exists already
  memory,         // the work does not fit the memory budget
  cancelled,      // the user asked to stop
  internal        // a defect of the engine
};

class Error : public std::runtime_error {
 public:
  // The sentence reads "<found>; expected <expected>; <remedy>"; empty parts are left out.
  Error(ErrorCode code, std::string_view found, std::string_view expected = {}, std::string_view remedy = {});

  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

// The same error with a place in front: "city.toml: <message>".
Error in_context(std::string_view context, const Error& error);

}  // namespace urbiome
