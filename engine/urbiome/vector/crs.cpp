#include "urbiome/vector/crs.h"

#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <proj_experimental.h>  // proj_crs_demote_to_2D

#include "urbiome/base/error.h"
#include "urbiome/vector/proj_handles.h"

namespace urbiome {
namespace {

constexpr double kDegree = 0.017453292519943295;
constexpr std::size_t kLongestText = std::size_t{1} << 20;

PJ_CONTEXT* thread_context() {
  static thread_local const ProjContext context = new_proj_context();
  return context.get();
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kShown = 60;
  std::string shown = text.substr(0, kShown);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text.size() > kShown ? shown + "..." : shown;
}

[[noreturn]] void refuse(const std::string& text, std::string_view why) {
  throw Error(ErrorCode::contradiction,
              "the coordinate reference system \"" + shortened(text) + "\" " + std::string(why),
              "a geographic or projected one, such as EPSG:4326", "give it as EPSG code or WKT");
}

// "+proj=utm +zone=25" alone is an operation to PROJ; it has to be told that a CRS is meant. A pipeline never is one.
std::string crs_text(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return {};
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  std::string trimmed = text.substr(start, end - start + 1);
  const bool proj_string = trimmed[0] == '+' || trimmed.starts_with("proj=") || trimmed.starts_with("init=");
  const bool told = trimmed.find("type=crs") != std::string::npos || trimmed.find("proj=pipeline") != std::string::npos;
  if (proj_string && !told) trimmed += " +type=crs";
  return trimmed;
}

// The part of a compound CRS that places things on a map: its first.
ProjObject horizontal(PJ_CONTEXT* context, ProjObject crs) {
  while (crs && proj_get_type(crs.get()) == PJ_TYPE_COMPOUND_CRS) {
    crs.reset(proj_crs_get_sub_crs(context, crs.get(), 0));
  }
  return crs;
}

// The same without heights.
ProjObject plan(PJ_CONTEXT* context, ProjObject crs) {
  const PJ_TYPE type = proj_get_type(crs.get());
  if (type != PJ_TYPE_GEOGRAPHIC_3D_CRS && type != PJ_TYPE_PROJECTED_CRS) return crs;
  ProjObject flat(proj_crs_demote_to_2D(context, nullptr, crs.get()));
  return flat ? std::move(flat) : std::move(crs);
}

std::string authority_code(const PJ* crs) {
  const char* authority = proj_get_id_auth_name(crs, 0);
  const char* code = proj_get_id_code(crs, 0);
  return authority == nullptr || code == nullptr ? std::string() : std::string(authority) + ":" + code;
}

// The registered CRS that is this one for certain, in EPSG before other registers.
std::string identified(PJ_CONTEXT* context, const PJ* crs) {
  std::string id = authority_code(crs);
  if (!id.empty()) return id;
  for (const char* authority : {"EPSG", static_cast<const char*>(nullptr)}) {
    int* confidence = nullptr;
    PJ_OBJ_LIST* found = proj_identify(context, crs, authority, nullptr, &confidence);
    if (found != nullptr && proj_list_get_count(found) > 0 && confidence != nullptr && confidence[0] == 100) {
      const ProjObject first(proj_list_get(context, found, 0));
      if (first) id = authority_code(first.get());
    }
    proj_int_list_destroy(confidence);
    proj_list_destroy(found);
    if (!id.empty()) break;
  }
  return id;
}

// Metres or radians per unit of both axes; empty when they differ or cannot be told.
std::optional<double> axis_unit(PJ_CONTEXT* context, const PJ* crs) {
  const ProjObject system(proj_crs_get_coordinate_system(context, crs));
  double first = 0, second = 0;
  if (!system || proj_cs_get_axis_count(context, system.get()) < 2) return {};
  const auto unit = [&](int axis, double* factor) {
    return proj_cs_get_axis_info(context, system.get(), axis, nullptr, nullptr, nullptr, factor, nullptr, nullptr,
                                 nullptr);
  };
  if (unit(0, &first) == 0 || unit(1, &second) == 0) return {};
  if (!(first > 0 && std::isfinite(first) && first == second)) return {};
  return first;
}

std::optional<Ellipsoid> ellipsoid_of(PJ_CONTEXT* context, const PJ* crs) {
  const ProjObject found(proj_get_ellipsoid(context, crs));
  Ellipsoid result;
  if (!found || proj_ellipsoid_get_parameters(context, found.get(), &result.a, nullptr, nullptr,
                                              &result.inverse_flattening) == 0) {
    return {};
  }
  const double inverse = result.inverse_flattening;
  if (!(result.a > 0 && std::isfinite(result.a)) || !(inverse == 0 || (inverse > 2 && std::isfinite(inverse))))
    return {};
  return result;
}

bool derived(PJ_CONTEXT* context, const PJ* geographic) {
  return ProjObject(proj_crs_get_coordoperation(context, geographic)) != nullptr;
}

// PROJ finds names by a part of them: "foo" is a CRS near Foochow to it. Codes, WKT, PROJ strings and JSON are no
// names.
bool found_by_part_of_name(PJ_CONTEXT* context, const std::string& text, const PJ* crs) {
  if (text.find_first_of(":[{=+/") != std::string::npos) return false;
  const auto letters = [](const std::string& name) {
    std::string kept;
    for (const char c : name) {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0) kept += static_cast<char>(std::tolower(c));
    }
    return kept;
  };
  const char* name = proj_get_name(crs);
  const char* code = proj_get_id_code(crs, 0);
  if (name != nullptr && letters(name) == letters(text)) return false;
  if (code != nullptr && letters(code) == letters(text)) return false;
  constexpr int kExactly = 0;  // other names of the same CRS count too
  PJ_OBJ_LIST* found = proj_create_from_name(context, nullptr, text.c_str(), nullptr, 0, kExactly, 1, nullptr);
  const bool known = found != nullptr && proj_list_get_count(found) > 0;
  proj_list_destroy(found);
  return !known;
}

}  // namespace

ProjContext new_proj_context() {
  ProjContext context(proj_context_create());
  proj_log_level(context.get(), PJ_LOG_NONE);
  proj_context_set_enable_network(context.get(), 0);
  proj_context_use_proj4_init_rules(context.get(), 1);  // "+init=epsg:31985" is still found in old files
  return context;
}

// Text and numbers only: PROJ's objects belong to a thread, a Crs does not.
struct Crs::Data {
  bool geographic = false, projected = false;
  double unit = 1;
  Ellipsoid ellipsoid;
  std::string name, id, wkt;
};

const Crs::Data& Crs::data() const {
  static const Data nothing;
  return data_ ? *data_ : nothing;
}

Crs Crs::parse(const std::string& text) {
  if (text.size() > kLongestText || text.find('\0') != std::string::npos)
    refuse(text, "is not text that PROJ could read");
  PJ_CONTEXT* context = thread_context();
  ProjObject whole(proj_create(context, crs_text(text).c_str()));
  if (!whole || found_by_part_of_name(context, text, whole.get())) refuse(text, "is not known to PROJ");
  if (proj_is_crs(whole.get()) == 0) refuse(text, "is not a coordinate reference system");
  whole = horizontal(context, std::move(whole));
  if (!whole) refuse(text, "has no horizontal part");

  // A bound CRS is a base and a datum shift. The shift of a registered base is PROJ's to choose.
  ProjObject crs;
  const bool bound = proj_get_type(whole.get()) == PJ_TYPE_BOUND_CRS;
  crs = bound ? horizontal(context, ProjObject(proj_get_source_crs(context, whole.get()))) : std::move(whole);
  if (!crs) refuse(text, "has no horizontal part");
  crs = plan(context, std::move(crs));

  auto data = std::make_shared<Data>();
  const PJ_TYPE type = proj_get_type(crs.get());
  data->geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
  data->projected = type == PJ_TYPE_PROJECTED_CRS;
  if (!data->geographic && !data->projected) refuse(text, "has no longitudes and latitudes or eastings and northings");
  if (data->geographic && derived(context, crs.get())) refuse(text, "has a rotated pole");

  const std::optional<double> unit = axis_unit(context, crs.get());
  if (!unit) refuse(text, "has axes of unlike or unknown units");
  if (data->geographic && std::abs(*unit / kDegree - 1) > 1e-9) refuse(text, "is not in degrees");
  if (data->projected) data->unit = *unit;
  const std::optional<Ellipsoid> ellipsoid = ellipsoid_of(context, crs.get());
  if (!ellipsoid) refuse(text, "has no usable ellipsoid");
  data->ellipsoid = *ellipsoid;

  const char* name = proj_get_name(crs.get());
  data->name = name == nullptr ? "" : name;
  data->id = identified(context, crs.get());
  const PJ* kept = bound && data->id.empty() ? whole.get() : crs.get();
  const char* wkt = proj_as_wkt(context, kept, PJ_WKT2_2019, nullptr);
  if (wkt == nullptr) refuse(text, "cannot be written as WKT");
  data->wkt = wkt;

  Crs result;
  result.data_ = std::move(data);
  return result;
}

Crs Crs::equal_area_about(const Crs& geographic, const Point& middle) {
  PJ_CONTEXT* context = thread_context();
  const ProjObject base(proj_create(context, geographic.wkt().c_str()));
  const ProjObject projection(proj_create_conversion_lambert_azimuthal_equal_area(context, middle.y, middle.x, 0, 0,
                                                                                  "degree", kDegree, "metre", 1));
  const ProjObject axes(proj_create_cartesian_2D_cs(context, PJ_CART2D_EASTING_NORTHING, "metre", 1));
  const std::string name = fmt::format("{} / equal area about {:g} {}, {:g} {}", geographic.name(), std::abs(middle.y),
                                       middle.y < 0 ? 'S' : 'N', std::abs(middle.x), middle.x < 0 ? 'W' : 'E');
  const ProjObject crs(base && projection && axes
                           ? proj_create_projected_crs(context, name.c_str(), base.get(), projection.get(), axes.get())
                           : nullptr);
  const char* wkt = crs ? proj_as_wkt(context, crs.get(), PJ_WKT2_2019, nullptr) : nullptr;
  if (wkt == nullptr) refuse(geographic.name(), "cannot be projected");
  return parse(wkt);
}

bool Crs::is_geographic() const { return data().geographic; }
bool Crs::is_projected() const { return data().projected; }
double Crs::unit_to_metre() const { return data().unit; }
const Ellipsoid& Crs::ellipsoid() const { return data().ellipsoid; }
const std::string& Crs::name() const { return data().name; }
const std::string& Crs::id() const { return data().id; }
const std::string& Crs::wkt() const { return data().wkt; }

bool Crs::same_as(const Crs& other) const {
  if (data_ == other.data_ || wkt() == other.wkt()) return true;
  if (is_geographic() != other.is_geographic() || wkt().empty() || other.wkt().empty()) return false;
  PJ_CONTEXT* context = thread_context();
  const auto normal = [&](const std::string& text) {
    ProjObject crs(proj_create(context, text.c_str()));
    ProjObject normalised(crs ? proj_normalize_for_visualization(context, crs.get()) : nullptr);
    return normalised ? std::move(normalised) : std::move(crs);
  };
  const ProjObject a = normal(wkt()), b = normal(other.wkt());
  return a && b &&
         proj_is_equivalent_to_with_ctx(context, a.get(), b.get(), PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS) != 0;
}

Crs Crs::geographic() const {
  if (!is_projected()) return *this;
  PJ_CONTEXT* context = thread_context();
  ProjObject crs(proj_create(context, wkt().c_str()));
  if (crs && proj_get_type(crs.get()) == PJ_TYPE_BOUND_CRS) crs.reset(proj_get_source_crs(context, crs.get()));
  const ProjObject base(crs ? proj_crs_get_geodetic_crs(context, crs.get()) : nullptr);
  const char* text = base ? proj_as_wkt(context, base.get(), PJ_WKT2_2019, nullptr) : nullptr;
  if (text == nullptr) refuse(name(), "has no geographic base");
  return parse(text);
}

}  // namespace urbiome
