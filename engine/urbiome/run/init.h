// A first recipe from layers: guesses what each file is, and says what it guessed.
#pragma once

#include <string>
#include <vector>

namespace urbiome {

struct RecipeDraft {
  std::string toml;                  // the text of city.toml; paths relative to `folder` where they lie below it
  std::vector<std::string> guesses;  // one sentence each
};

// Rasters: land cover when their values fit a shipped legend (by class names in the file, file name, or the codes
// present; where many fit, all stand in comments), population when they hold larger or fractional counts. Vectors: streets (lines), boundary (one polygon),
// zones (several polygons, by the column that tells them apart; a level for each layer), green spaces (by name), population (a column of residents). Throws
// Error{unreadable} for a file that neither GDAL nor OGR opens.
RecipeDraft draft_recipe(const std::vector<std::string>& layers, const std::string& folder);

}  // namespace urbiome
