#include "urbiome/io/report_pictures.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include "urbiome/base/error.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/vector_reader.h"

namespace urbiome {
namespace {

constexpr double kSteps = 2000;

// The factor that shortens eastings: the cosine of the middle latitude on lat/lon, 1 elsewhere.
double easting_factor(const OGRSpatialReference* crs, double middle_y) {
  if (crs == nullptr || crs->IsGeographic() == 0) return 1;
  constexpr double kRadiansPerDegree = 0.017453292519943295;
  return std::max(0.05, std::cos(std::clamp(middle_y, -89.0, 89.0) * kRadiansPerDegree));
}

double easting_factor(const std::string& wkt, double middle_y) {
  OGRSpatialReference crs;
  const GdalErrors quiet;
  if (wkt.empty() || crs.SetFromUserInput(wkt.c_str()) != OGRERR_NONE) return 1;
  return easting_factor(&crs, middle_y);
}

bool is_finite(const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); }

Box finite_bounds(const std::vector<Feature>& features) {
  Box box;
  for (const Feature& feature : features) {
    for (const Polygon& polygon : feature.polygons.polygons) {
      for (const Point& p : polygon.shell) {
        if (is_finite(p)) box.include(p);
      }
    }
  }
  return box;
}

class PathPen {
 public:
  PathPen(const Box& box, double factor) : box_(box), factor_(factor) {
    const double width = (box.xmax - box.xmin) * factor, height = box.ymax - box.ymin;
    const double longest = std::max(width, height);
    scale_ = longest > 0 ? kSteps / longest : 1;
    width_ = std::max(1, static_cast<int>(std::ceil(width * scale_)));
    height_ = std::max(1, static_cast<int>(std::ceil(height * scale_)));
  }

  int width() const { return width_; }
  int height() const { return height_; }

  // Whole steps, points that fall together or on a straight line dropped; nothing for a ring that vanishes.
  std::string draw(const Ring& ring) const {
    std::vector<std::pair<long, long>> points;
    for (const Point& p : ring) {
      if (!is_finite(p)) continue;
      const std::pair<long, long> at{std::lround((p.x - box_.xmin) * factor_ * scale_),
                                     std::lround((box_.ymax - p.y) * scale_)};
      if (!points.empty() && points.back() == at) continue;
      while (points.size() >= 2 && on_line(points[points.size() - 2], points.back(), at)) points.pop_back();
      points.push_back(at);
    }
    if (points.size() > 1 && points.front() == points.back()) points.pop_back();
    if (points.size() < 3) return {};
    std::string path = fmt::format("M{} {}l", points[0].first, points[0].second);
    for (std::size_t i = 1; i < points.size(); ++i) {
      path += fmt::format("{}{} {}", i > 1 ? " " : "", points[i].first - points[i - 1].first,
                          points[i].second - points[i - 1].second);
    }
    return path + "z";
  }

 private:
  static bool on_line(const std::pair<long, long>& a, const std::pair<long, long>& b, const std::pair<long, long>& c) {
    const long ux = b.first - a.first, uy = b.second - a.second, vx = c.first - b.first, vy = c.second - b.second;
    return ux * vy == uy * vx && ux * vx + uy * vy > 0;
  }

  Box box_;
  double factor_, scale_ = 1;
  int width_ = 1, height_ = 1;
};

// The PNG of a paletted picture as a data: URI.
std::string png_uri(std::vector<std::uint8_t>& pixels, int width, int height, GDALColorTable* colours, int nodata) {
  static std::atomic<int> counter{0};
  open_gdal();
  GdalErrors errors;
  GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM");
  GDALDriver* png = GetGDALDriverManager()->GetDriverByName("PNG");
  if (memory == nullptr || png == nullptr) throw Error(ErrorCode::internal, "this GDAL cannot write PNG pictures");
  const GdalDataset picture(memory->Create("", width, height, 1, GDT_Byte, nullptr));
  if (!picture) throw Error(ErrorCode::memory, "the picture of the class map does not fit into memory");
  GDALRasterBand* band = picture->GetRasterBand(1);
  band->SetColorTable(colours);
  if (nodata >= 0) band->SetNoDataValue(nodata);
  if (band->RasterIO(GF_Write, 0, 0, width, height, pixels.data(), width, height, GDT_Byte, 0, 0, nullptr) != CE_None) {
    throw Error(ErrorCode::internal, "the picture of the class map cannot be drawn: " + errors.text());
  }
  const std::string name = "/vsimem/urbiome_picture_" + std::to_string(counter++) + ".png";
  GdalDataset written(png->CreateCopy(name.c_str(), picture.get(), FALSE, nullptr, nullptr, nullptr));
  written.reset();
  vsi_l_offset size = 0;
  struct Free {
    void operator()(void* bytes) const { CPLFree(bytes); }
  };
  const std::unique_ptr<GByte, Free> bytes(VSIGetMemFileBuffer(name.c_str(), &size, TRUE));
  VSIUnlink((name + ".aux.xml").c_str());
  if (!bytes || size == 0)
    throw Error(ErrorCode::internal, "the picture of the class map cannot be drawn: " + errors.text());
  const std::unique_ptr<char, Free> encoded(CPLBase64Encode(static_cast<int>(size), bytes.get()));
  return std::string("data:image/png;base64,") + encoded.get();
}

void picture_size(GDALDataset& dataset, int longest, ClassPicture& picture) {
  double transform[6] = {0, 1, 0, 0, 0, 1};
  if (dataset.GetGeoTransform(transform) != CE_None) transform[1] = transform[5] = 1;
  const double columns = dataset.GetRasterXSize(), rows = dataset.GetRasterYSize();
  const double middle = transform[3] + transform[5] * rows / 2;
  double width = columns * std::abs(transform[1]) * easting_factor(dataset.GetSpatialRef(), middle);
  double height = rows * std::abs(transform[5]);
  if (!(width > 0) || !(height > 0)) width = columns, height = rows;
  // Never finer than the cells, but small maps are enlarged by the page, not here.
  const double scale = std::min(longest / std::max(width, height), std::max(columns / width, rows / height));
  picture.width = std::clamp(static_cast<int>(std::lround(width * scale)), 1, longest);
  picture.height = std::clamp(static_cast<int>(std::lround(height * scale)), 1, longest);
}

void read_legend(GDALRasterBand& band, ClassPicture& picture) {
  char** names = band.GetCategoryNames();
  for (int value = 0; value < 256; ++value) {
    std::string name;
    if (const char* item = band.GetMetadataItem(("class_" + std::to_string(value)).c_str())) {
      name = utf8_of(item);
    } else if (names != nullptr && value < CSLCount(names)) {
      name = utf8_of(names[value]);
    }
    if (name.empty()) continue;
    picture.names[value] = name;
    if (const GDALColorTable* table = band.GetColorTable(); table != nullptr && value < table->GetColorEntryCount()) {
      const GDALColorEntry* entry = table->GetColorEntry(value);
      picture.colours[value] = {static_cast<std::uint8_t>(entry->c1), static_cast<std::uint8_t>(entry->c2),
                                static_cast<std::uint8_t>(entry->c3)};
    }
  }
}

}  // namespace

ZoneDrawing draw_zones(const std::string& geopackage) {
  VectorRequest request;
  request.path = geopackage;
  request.layer = "zones";
  request.columns = {"zone_level", "zone_id", "zone_name"};
  const VectorLayer layer = read_vector(request);
  Box box = finite_bounds(layer.features);
  if (box.empty()) box = Box{0, 0, 1, 1};
  const PathPen pen(box, easting_factor(layer.crs, (box.ymin + box.ymax) / 2));
  ZoneDrawing drawing{pen.width(), pen.height(), {}};
  for (const Feature& feature : layer.features) {
    DrawnZone zone{text_of(feature.attributes[0]), text_of(feature.attributes[1]), text_of(feature.attributes[2]), {}};
    for (const Polygon& polygon : feature.polygons.polygons) {
      const std::string shell = pen.draw(polygon.shell);
      if (shell.empty()) continue;
      zone.path += shell;
      for (const Ring& hole : polygon.holes) zone.path += pen.draw(hole);
    }
    drawing.zones.push_back(std::move(zone));
  }
  return drawing;
}

ClassPicture draw_classes(const std::string& raster, int longest) {
  const GdalDataset dataset = open_dataset(raster, GDAL_OF_RASTER, "map of classes");
  if (dataset->GetRasterCount() < 1 || dataset->GetRasterXSize() < 1 || dataset->GetRasterYSize() < 1) {
    throw Error(ErrorCode::unreadable, raster + " has no cells", "a map of classes", "write the maps again");
  }
  GdalErrors errors;
  ClassPicture picture;
  picture_size(*dataset, longest, picture);
  GDALRasterBand& band = *dataset->GetRasterBand(1);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
  GDALRasterIOExtraArg how;
  INIT_RASTERIO_EXTRA_ARG(how);
  how.eResampleAlg = GRIORA_Mode;
  const CPLErr status = band.RasterIO(GF_Read, 0, 0, dataset->GetRasterXSize(), dataset->GetRasterYSize(),
                                      pixels.data(), picture.width, picture.height, GDT_Byte, 0, 0, &how);
  if (status != CE_None) throw Error(ErrorCode::unreadable, raster + " cannot be read: " + errors.text());
  read_legend(band, picture);
  int has_nodata = 0;
  const double nodata = band.GetNoDataValue(&has_nodata);
  GDALColorTable greys;
  GDALColorTable* colours = band.GetColorTable();
  if (colours == nullptr) {
    for (short i = 0; i < 256; ++i) {
      const GDALColorEntry grey = {i, i, i, 255};
      greys.SetColorEntry(i, &grey);
    }
    colours = &greys;
  }
  const bool usable = has_nodata != 0 && nodata >= 0 && nodata <= 255;
  picture.data_uri = png_uri(pixels, picture.width, picture.height, colours, usable ? static_cast<int>(nodata) : -1);
  return picture;
}

}  // namespace urbiome
