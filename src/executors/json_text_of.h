// A JSON value as text for people: numbers in their shortest form (12.5, not 1.25E1). Pure.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace carillon {

// Numbers that JSON does not have (infinite, not a number) become null.
std::string json_text_of(const boost::json::value& value);

}  // namespace carillon
