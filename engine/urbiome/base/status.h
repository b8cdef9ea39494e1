// Why a value is there or is not: the vocabulary of the column `status` in results.
#pragma once

#include <string_view>

namespace urbiome {

enum class Status { ok, no_data, not_applicable, undefined, unreached, supplied, suppressed, failed };

constexpr std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::no_data:
      return "no_data";
    case Status::not_applicable:
      return "not_applicable";
    case Status::undefined:
      return "undefined";
    case Status::unreached:
      return "unreached";
    case Status::supplied:
      return "supplied";
    case Status::suppressed:
      return "suppressed";
    case Status::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace urbiome
