// The sample city that travels inside the program: Olinda, Brazil.
#pragma once

#include <string>

namespace urbiome {

// Writes its files into `folder` (made when absent; must be empty or not exist unless `overwrite`) and returns the path
// of city.toml.
std::string write_sample_city(const std::string& folder, bool overwrite);

}  // namespace urbiome
