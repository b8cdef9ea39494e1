#include "urbiome/io/zones_style.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "urbiome/io/gdal_door.h"
#include "urbiome/io/tables.h"
#include "urbiome/io/value_classes.h"

namespace urbiome {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 4> kLeadingFields = {
    {{"fid", ""}, {"zone_level", "Level"}, {"zone_id", "Zone"}, {"zone_name", "Name"}}};

std::string fill_colour(const std::string& hex) {
  const auto part = [&](std::size_t at) { return std::stoi(hex.substr(at, 2), nullptr, 16); };
  return fmt::format("{},{},{},255", part(1), part(3), part(5));
}

// Both spellings of symbol properties: Option for QGIS 3.22 and later, prop for earlier ones.
std::string fill_symbol(std::size_t name, const std::string& colour) {
  const std::array<std::pair<const char*, std::string>, 6> properties = {{{"color", fill_colour(colour)},
                                                                          {"style", "solid"},
                                                                          {"outline_color", "255,255,255,255"},
                                                                          {"outline_style", "solid"},
                                                                          {"outline_width", "0.2"},
                                                                          {"outline_width_unit", "MM"}}};
  std::string options, props;
  for (const auto& [key, value] : properties) {
    options += fmt::format("<Option name=\"{}\" type=\"QString\" value=\"{}\"/>", key, value);
    props += fmt::format("<prop k=\"{}\" v=\"{}\"/>", key, value);
  }
  return fmt::format(
      "   <symbol alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\" name=\"{}\" type=\"fill\">\n"
      "    <layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option "
      "type=\"Map\">{}</Option>{}</layer>\n"
      "   </symbol>\n",
      name, options, props);
}

ValueClasses classes_of_column(const ZoneFeatureTable& zones, std::size_t column) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const ZoneFeatureTable::Row& row : zones.rows) {
    if (column >= row.values.size()) continue;
    const auto* number = std::get_if<double>(&row.values[column]);
    const auto* integer = std::get_if<std::int64_t>(&row.values[column]);
    if (number == nullptr && integer == nullptr) continue;
    const double value = number != nullptr ? *number : static_cast<double>(*integer);
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return least <= most ? classes_of(least, most) : classes_of(0, 1);
}

std::string renderer(const ZoneFeatureTable& zones, std::size_t styled) {
  const ValueClasses classes = classes_of_column(zones, styled);
  std::string quoted = "\"";
  for (const char c : zones.columns[styled].name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  quoted += '"';
  std::string ranges, symbols;
  for (std::size_t i = 0; i < classes.colours.size(); ++i) {
    const std::string lower = fmt::format("{:.15g}", classes.limits[i]),
                      upper = fmt::format("{:.15g}", classes.limits[i + 1]);
    ranges += fmt::format("   <range lower=\"{}\" upper=\"{}\" symbol=\"{}\" label=\"{} - {}\" render=\"true\"/>\n",
                          number_text(classes.limits[i]), number_text(classes.limits[i + 1]), i, lower, upper);
    symbols += fill_symbol(i, classes.colours[i]);
  }
  return fmt::format(
      " <renderer-v2 type=\"graduatedSymbol\" attr=\"{}\" graduatedMethod=\"GraduatedColor\" symbollevels=\"0\" "
      "enableorderby=\"0\" forceraster=\"0\">\n  <ranges>\n{}  </ranges>\n  <symbols>\n{}  </symbols>\n "
      "</renderer-v2>\n",
      xml_text(quoted), ranges, symbols);
}

}  // namespace

std::string xml_text(const std::string& text) {
  std::string out;
  for (const char c : utf8_of(text.c_str())) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
    }
  }
  return out;
}

std::string zones_style_qml(const ZoneFeatureTable& zones, std::size_t styled) {
  std::string aliases;
  std::size_t index = 0;
  for (const auto& [name, alias] : kLeadingFields) {
    aliases += fmt::format("  <alias index=\"{}\" field=\"{}\" name=\"{}\"/>\n", index++, name, alias);
  }
  for (const ZoneColumn& column : zones.columns) {
    aliases += fmt::format("  <alias index=\"{}\" field=\"{}\" name=\"{}\"/>\n", index++, xml_text(column.name),
                           xml_text(column.alias));
  }
  return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
         "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Fields|MapTips\">\n" +
         renderer(zones, styled) + " <aliases>\n" + aliases +
         " </aliases>\n <previewExpression>\"zone_name\"</previewExpression>\n <mapTip>[% \"zone_name\" %]</mapTip>\n"
         " <layerGeometryType>2</layerGeometryType>\n</qgis>\n";
}

}  // namespace urbiome
