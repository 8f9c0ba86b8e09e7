// Typed reads of parameters that a schema has already accepted. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

// The member, or nothing when it is absent, null or of another kind.
std::optional<std::string> text_at(const boost::json::object& from, std::string_view name);
std::optional<std::int64_t> number_at(const boost::json::object& from, std::string_view name);

// Whether the member is present and true.
bool is_set(const boost::json::object& from, std::string_view name);

// A string or an array of strings, as a list.
std::vector<std::string> texts_at(const boost::json::object& from, std::string_view name);

// An ISO 8601 duration of days and smaller units (`P7D`, `PT36H`); nothing when it is absent.
//
// Errors  invalid_value  another form; the pointer names the member
Result<std::optional<Duration>> duration_at(const boost::json::object& from, std::string_view name);

// The error of a value that only the type itself can judge.
[[nodiscard]] std::unexpected<Error> bad_parameter(std::string_view name, std::string message,
                                                   std::string hint);

// A parameter that must be there under the circumstances the message names.
[[nodiscard]] std::unexpected<Error> missing_parameter(std::string_view name, std::string message,
                                                       std::string hint);

}  // namespace carillon
