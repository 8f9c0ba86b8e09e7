// Figures with their yardsticks and budgets, printed as a table and as JSON lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace carillon::bench {

enum class Better : std::uint8_t { lower, higher };

struct Figure {
  std::string name;
  std::string unit;
  Better better = Better::lower;
  double value = 0;
  std::string yardstick_name = {};
  std::optional<double> yardstick = {};  // In the unit of the value; none where nothing compares.
  std::optional<double> budget = {};     // None for figures that only explain others.
};

class FigureTable {
 public:
  // Keeps the figure and prints its JSON line at once, so that a run cut short has told something.
  void add(Figure figure);

  // The table, with ratio and verdict. A verdict of a busy machine says little; the ratio says
  // more.
  void print() const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace carillon::bench
