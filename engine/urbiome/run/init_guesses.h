// What init guesses from the content of a layer: which legend a raster has, which column names its zones.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "urbiome/io/raster_reader.h"
#include "urbiome/io/vector_reader.h"

namespace urbiome {

std::string lower(std::string text);
bool has_any(const std::string& text, std::initializer_list<const char*> words);

// The column whose name is one of the words, else holds one, earlier words first; empty when there is none.
std::string column_like(const LayerDescription& layer, std::initializer_list<const char*> words);

struct LegendGuess {
  std::string id;                   // empty: none fits, or too many do
  std::string why;                  // of id
  std::vector<std::string> others;  // that hold every value too
};
// Shipped legends that hold every value of the raster. Its file's name, the class names in it, or codes that are all
// multiples of five tell one from the others; else the first of two at most is taken.
LegendGuess guess_legend(const std::string& path, const RasterInfo& info);

struct IdGuess {
  std::string column;
  std::string doubt;  // a sentence where polygons share a value or have none
};
// The column that tells polygons apart: one that differs on all of them, or nearly all, with the name of an id if there
// is one. `title` is the column of names.
IdGuess guess_id(const std::string& path, const LayerDescription& layer, const std::string& title);

}  // namespace urbiome
