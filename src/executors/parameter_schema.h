// ParameterSchema: a compiled JSON Schema that judges parameters and fills in their defaults.
//
// Value behind a pointer; judged by many threads at once. The schemas are ours and compiled at
// start, the parameters are the user's.
#pragma once

#include <memory>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace carillon {

class ParameterSchema {
 public:
  // Requires  text is a valid schema of an object; a wrong one stops the process at start.
  explicit ParameterSchema(std::string_view text);
  ParameterSchema(ParameterSchema&&) noexcept;
  ParameterSchema& operator=(ParameterSchema&&) noexcept;
  ~ParameterSchema();

  // Errors  unknown_field  a member that the schema does not name; the hint has the nearest one
  //         missing_field  a required member is absent
  //         invalid_value  any other breach; the pointer names the member
  [[nodiscard]] Result<void> check(const boost::json::object& parameters) const;

  // Adds every absent member for which the schema has a default.
  void fill_defaults(boost::json::object& parameters) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace carillon
