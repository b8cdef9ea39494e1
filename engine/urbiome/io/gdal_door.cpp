#include "urbiome/io/gdal_door.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "urbiome/io/file_bytes.h"

namespace urbiome {
namespace {

constexpr std::size_t kMostMessages = 20;

void add_once(std::vector<std::string>& messages, std::string message) {
  if (messages.size() < kMostMessages && std::find(messages.begin(), messages.end(), message) == messages.end()) {
    messages.push_back(std::move(message));
  }
}

std::string joined(const std::vector<std::string>& messages) {
  std::string text;
  for (const std::string& message : messages) text.append(text.empty() ? "" : "; ").append(message);
  return text;
}

CPLStringList list_of(const std::vector<std::string>& items) {
  CPLStringList list;
  for (const std::string& item : items) list.AddString(item.c_str());
  return list;
}

GdalDataset open_quietly(const std::string& path, unsigned flags, const std::vector<std::string>& options,
                         const std::vector<std::string>& drivers) {
  const CPLStringList option_list = list_of(options), driver_list = list_of(drivers);
  return GdalDataset(GDALDataset::Open(path.c_str(), flags | GDAL_OF_VERBOSE_ERROR,
                                       drivers.empty() ? nullptr : driver_list.List(), option_list.List(), nullptr));
}

bool missing_local_file(const std::string& path) {
  if (path.find(':') != std::string::npos) return false;  // a connection text or a URL: GDAL's words say more
  VSIStatBufL status;
  return VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG) != 0;
}

// GDAL's last words, without the names of the file and of the function that failed.
std::string reason_of(const std::string& path, const GdalErrors& errors) {
  std::string reason = errors.last_failure();
  for (const std::string& name : {path, std::string(CPLGetFilename(path.c_str()))}) {
    if (reason.rfind(name + ": ", 0) == 0) reason.erase(0, name.size() + 2);
  }
  const auto colon = reason.find(':');
  if (reason.rfind("TIFF", 0) == 0 && colon != std::string::npos) reason.erase(0, colon + 1);
  return reason;
}

// What is wrong with a file that is there.
Error not_opened(const std::string& path, unsigned flags, const std::string& what, const GdalErrors& errors) {
  const GdalErrors quiet;  // what is tried here is no news
  const bool as_raster = (flags & GDAL_OF_RASTER) != 0;
  const std::string wanted = "a " + what + " in a format that GDAL reads";
  VSIStatBufL status;
  if (VSIStatL(path.c_str(), &status) == 0 && VSI_ISREG(status.st_mode) && status.st_size == 0)
    return {ErrorCode::unreadable, path + " is empty", wanted, "get the file again"};
  if (try_open_dataset(path, as_raster ? GDAL_OF_VECTOR : GDAL_OF_RASTER)) {
    return {ErrorCode::unreadable, path + " is no " + what, wanted,
            as_raster ? "it holds vector layers: give it as zones" : "it holds a raster: give it as one"};
  }
  GDALDriverH driver = GDALIdentifyDriverEx(path.c_str(), flags, nullptr, nullptr);
  if (driver != nullptr && EQUAL(GDALGetDriverShortName(driver), "GTiff")) {
    return {ErrorCode::unreadable, path + " is damaged or truncated: " + reason_of(path, errors), "a whole GeoTIFF",
            "get the file again"};
  }
  std::string reason = errors.text();
  while (!reason.empty() && reason.back() == '.') reason.pop_back();  // the sentence goes on
  if (reason.empty()) reason = "GDAL does not know this format";
  return {ErrorCode::unreadable, path + " cannot be opened: " + reason, wanted,
          fmt::format("give a file that {} can show", as_raster ? "gdalinfo" : "ogrinfo")};
}

}  // namespace

void open_gdal() {
  static std::once_flag once;
  std::call_once(once, [] { GDALAllRegister(); });
}

GdalErrors::GdalErrors() { CPLPushErrorHandlerEx(&GdalErrors::collect, this); }

GdalErrors::~GdalErrors() {
  CPLPopErrorHandler();
  CPLErrorReset();
}

void GdalErrors::collect(CPLErr level, CPLErrorNum, const char* message) {
  auto* errors = static_cast<GdalErrors*>(CPLGetErrorHandlerUserData());
  if (level < CE_Warning) return;
  if (level >= CE_Failure) errors->failed_ = true;
  add_once(level >= CE_Failure ? errors->failures_ : errors->warnings_, message);
}

std::string GdalErrors::last_failure() const { return failures_.empty() ? std::string() : failures_.back(); }

std::string GdalErrors::text() const { return joined(failed_ ? failures_ : warnings_); }

void GdalErrors::clear() {
  failed_ = false;
  failures_.clear();
  warnings_.clear();
}

void GdalErrors::throw_if_failed(ErrorCode code, const std::string& context) const {
  if (failed_) throw Error(code, context + ": " + text());
}

void GdalCloser::operator()(GDALDataset* dataset) const {
  const GdalErrors quiet;  // a destructor has nobody to tell; close_written() is for those who must know
  GDALClose(GDALDataset::ToHandle(dataset));
}

GdalDataset open_dataset(const std::string& path, unsigned flags, const std::string& what,
                         const std::vector<std::string>& options, const std::vector<std::string>& drivers) {
  open_gdal();
  if (path.empty()) throw Error(ErrorCode::usage, "the path of a " + what + " is empty", "a file");
  refuse_special_file(path, "a " + what);
  GdalErrors errors;
  GdalDataset dataset = open_quietly(path, flags, options, drivers);
  if (dataset) return dataset;
  if (missing_local_file(path)) {
    throw Error(ErrorCode::unreadable, path + " does not exist", "a " + what, "check the path");
  }
  throw not_opened(path, flags, what, errors);
}

GdalDataset try_open_dataset(const std::string& path, unsigned flags, const std::vector<std::string>& options) {
  open_gdal();
  if (path.empty() || is_special_file(path)) return {};
  const GdalErrors quiet;
  return open_quietly(path, flags, options, {});
}

void close_written(GdalDataset dataset, const std::string& path) {
  const GdalErrors errors;
  GDALClose(GDALDataset::ToHandle(dataset.release()));
  errors.throw_if_failed(ErrorCode::unwritable, path + " cannot be written");
}

std::string wkt_of(const OGRSpatialReference* crs) {
  if (crs == nullptr || crs->IsEmpty()) return {};
  // GeoPackage's way to say that there is none: "Undefined geographic SRS", "Undefined Cartesian SRS".
  if (crs->GetName() != nullptr && STARTS_WITH_CI(crs->GetName(), "Undefined ")) return {};
  const GdalErrors quiet;
  const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
  char* text = nullptr;
  std::string wkt;
  if (crs->exportToWkt(&text, options) == OGRERR_NONE && text != nullptr) wkt = text;
  CPLFree(text);
  return wkt;
}

std::string utf8_of(const char* text, bool* changed) {
  if (text == nullptr) return {};
  if (CPLIsUTF8(text, -1)) return text;
  if (changed != nullptr) *changed = true;
  char* recoded = CPLRecode(text, CPL_ENC_ISO8859_1, CPL_ENC_UTF8);
  std::string result = recoded == nullptr ? std::string() : recoded;
  CPLFree(recoded);
  return result;
}

}  // namespace urbiome
