#include "urbiome/base/error.h"

namespace urbiome {
namespace {

std::string sentence(std::string_view found, std::string_view expected, std::string_view remedy) {
  std::string text(found);
  if (!expected.empty()) text.append("; expected ").append(expected);
  if (!remedy.empty()) text.append("; ").append(remedy);
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

}  // namespace

Error::Error(ErrorCode code, std::string_view found, std::string_view expected, std::string_view remedy)
    : std::runtime_error(sentence(found, expected, remedy)), code_(code) {}

Error in_context(std::string_view context, const Error& error) {
  return Error(error.code(), std::string(context) + ": " + error.what());
}

}  // namespace urbiome
