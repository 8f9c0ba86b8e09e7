// JSON values as text: compact, indented, YAML. Pure functions.
//
// Integers are exact and doubles have their shortest form that reads back the same.
#pragma once

#include <string>

#include <boost/json/fwd.hpp>

namespace carillon::cli {

// One line, no blanks.
std::string compact_json(const boost::json::value& value);

// Indented by two blanks, without a final newline.
std::string pretty_json(const boost::json::value& value);

// YAML 1.2 in block style, ending with a newline. Strings that another type could be read from are
// quoted, so the text reads back as the same JSON.
std::string yaml_text(const boost::json::value& value);

}  // namespace carillon::cli
