// "did you mean": the word of a list that a misspelt one is nearest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace urbiome {

// "a, b, c"
std::string listed(const std::vector<std::string>& words);

// "did you mean 'near_distance_m'?", or empty when nothing on the list is near (more than a third of the letters off).
std::string did_you_mean(std::string_view word, const std::vector<std::string>& words);

}  // namespace urbiome
