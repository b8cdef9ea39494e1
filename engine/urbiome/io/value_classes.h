// Classes for colouring values on a map: round limits of equal width, and colours that everyone can tell apart.
//
//   ValueClasses classes = classes_of(0.12, 0.57);     // limits 0.1 0.2 0.3 0.4 0.5 0.6
//   int i = classes.index(0.2);                         // 1: a class holds its lower limit, the last one its upper
//   limit too std::string fill = classes.colours[i];              // "#..": viridis, light to dark, so that dark is
//   more
#pragma once

#include <string>
#include <vector>

namespace urbiome {

struct ValueClasses {
  std::vector<double> limits;        // ascending, one more than colours; empty without values
  std::vector<std::string> colours;  // "#rrggbb"

  int index(double value) const;  // -1 outside the limits or not a number
};

// About five classes that cover [least, most]; one class where both are the same.
ValueClasses classes_of(double least, double most);

}  // namespace urbiome
