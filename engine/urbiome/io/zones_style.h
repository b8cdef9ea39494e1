// The style that QGIS gives to layer `zones` when it opens zones.gpkg.
#pragma once

#include <string>
#include <vector>

#include "urbiome/io/zones_writer.h"

namespace urbiome {

// QML of QGIS 3: zones coloured by column `styled` (an index of zones.columns) in classes of equal width, all columns
// with their aliases, the zone's name as map tip.
std::string zones_style_qml(const ZoneFeatureTable& zones, std::size_t styled);

// Text for an XML attribute or element: & < > " escaped, control characters that XML forbids left out.
std::string xml_text(const std::string& text);

}  // namespace urbiome
