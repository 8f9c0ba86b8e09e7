// Cell: one value of a table on its way into or out of a database. Value.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace carillon {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;
using Row = std::vector<Cell>;

}  // namespace carillon
