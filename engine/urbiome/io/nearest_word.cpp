#include "urbiome/io/nearest_word.h"

#include <algorithm>
#include <numeric>

namespace urbiome {
namespace {

// Levenshtein's edit distance: letters put in, taken out or changed.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words) {
  if (word.empty() || word.size() > 100) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : words) {
    std::size_t distance = edit_distance(word, candidate);
    // A missing unit is the commonest slip: near_distance for near_distance_m, near_distance_km.
    if (candidate.size() > 3 && word.size() > 3 && (candidate.starts_with(word) || word.starts_with(candidate))) {
      distance = std::min<std::size_t>(distance, 1);
    }
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best.empty() ? best : "did you mean '" + best + "'?";
}

}  // namespace urbiome
