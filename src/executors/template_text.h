// Templates in parameters: `{{run.id}}`, `{{nominal}}`, `{{inputs.fetch.body}}` and nothing else.
//
// The variable tags of mustache without sections, partials and escaping: no logic, no recursion,
// one pass, so a template costs no more than its length and the values it names. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace carillon {

// Checks every tag of the text.
//
// Errors  invalid_value  a tag that is not closed or holds more than a dotted name
Result<void> check_template(std::string_view text);

// Checks every string inside the value.
Result<void> check_templates(const boost::json::value& value);

bool has_template(std::string_view text);

// Replaces every tag by what it names in `names`; a name that leads nowhere gives nothing. A string
// is put in as it is, null as nothing, any other value as JSON.
//
// Errors  invalid_value  as check_template, or the text grew past 1 MiB
Result<std::string> expand_template(std::string_view text, const boost::json::object& names);

// Expands every string inside the value, member names excepted.
Result<void> expand_templates(boost::json::value& value, const boost::json::object& names);

}  // namespace carillon
