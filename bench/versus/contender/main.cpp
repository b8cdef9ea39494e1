#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "contender.h"

namespace urbiome::versus {
namespace {

const std::map<std::string, void (*)(const Asked&)> kQuestions = {{"class_areas", class_areas},
                                                                  {"coverage", coverage},
                                                                  {"distance", distance},
                                                                  {"label", label_role},
                                                                  {"label_all_classes", label_all_classes},
                                                                  {"least_cost", least_cost},
                                                                  {"reach", reach},
                                                                  {"window", window}};

Asked asked_by(int count, char** words) {
  if (count < 2) throw std::runtime_error("usage: bench_versus_contender QUESTION --data FOLDER --threads N");
  Asked asked;
  asked.question = words[1];
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    const auto equals = word.find('=');
    if (word == "--describe") {
      asked.describe = true;
    } else if (word.starts_with("--") && equals != std::string::npos) {
      asked.options[word.substr(2, equals - 2)] = word.substr(equals + 1);
    } else if (word.starts_with("--") && i + 1 < count) {
      const std::string value = words[++i];
      if (word == "--data") asked.data = value;
      if (word == "--answers") asked.answers = value;
      if (word == "--threads") asked.threads = std::stoi(value);
      if (word == "--calls") asked.calls = std::stoi(value);
    } else {
      throw std::runtime_error("unknown word " + word);
    }
  }
  return asked;
}

void answer(const Asked& asked) {
  const auto question = kQuestions.find(asked.question);
  if (question == kQuestions.end()) throw std::runtime_error("no question " + asked.question);
  if (asked.describe)
    fmt::print("{{\"version\": \"urbiome\"}}\n");
  else
    question->second(asked);
}

}  // namespace
}  // namespace urbiome::versus

int main(int count, char** words) {
  try {
    urbiome::versus::answer(urbiome::versus::asked_by(count, words));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_versus_contender: {}\n", error.what());
    return 1;
  }
}
