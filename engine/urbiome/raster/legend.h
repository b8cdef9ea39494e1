// Legends: what the codes of a land-cover raster mean, and which role each class plays.
//
// A legend is a list of classes; a class is a code (or a range of codes), a name, its roles and whether it means
// that nothing is known: `nodata` (outside the survey) or `unknown` (inside, not classified, such as cloud).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace urbiome {

// canopy: ground under the crowns of trees; not every legend tells.
enum class Role : std::uint8_t { green, blue, built, natural, vegetated, canopy };
inline constexpr int kRoleCount = 6;
std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

class Roles {
 public:
  bool has(Role role) const { return (bits_ >> static_cast<int>(role)) & 1; }
  Roles& set(Role role, bool on = true) {
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<int>(role));
    bits_ = static_cast<std::uint8_t>(on ? bits_ | bit : bits_ & ~bit);
    return *this;
  }
  bool operator==(const Roles&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

enum class Missing : std::uint8_t { no, nodata, unknown };

struct LegendClass {
  std::string code;                  // as printed in results: "10", or "600..622" for a range
  std::int64_t first = 0, last = 0;  // the codes it covers, both ends included
  std::string name;
  Roles roles;
  Missing missing = Missing::no;
  std::string option_note;  // which flag may be switched, in words
};

struct Legend {
  std::string id;  // a shipped id such as "worldcover", or the file's path
  std::string name;
  std::vector<LegendClass> classes;
  // Roles that this legend cannot know at all (their indicators have status no_data), such as `built` from NDVI.
  Roles unknowable;

  const LegendClass* find(std::int64_t code) const;  // nullptr when absent
};

}  // namespace urbiome
