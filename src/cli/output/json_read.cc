#include "cli/output/json_read.h"

#include <boost/json.hpp>

#include "cli/output/json_print.h"

namespace carillon::cli {

std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

const boost::json::value* member_at(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const boost::json::value* found = value.find_pointer(pointer, error);
  return error || found == nullptr || found->is_null() ? nullptr : found;
}

std::string text_at(const boost::json::value& value, std::string_view pointer) {
  const boost::json::value* found = member_at(value, pointer);
  if (found == nullptr) return {};
  if (const boost::json::string* text = found->if_string()) return std::string(*text);
  return compact_json(*found);
}

std::optional<std::int64_t> integer_at(const boost::json::value& value, std::string_view pointer) {
  const boost::json::value* found = member_at(value, pointer);
  if (found == nullptr) return std::nullopt;
  if (const std::int64_t* number = found->if_int64()) return *number;
  return std::nullopt;  // Boost.JSON keeps as uint64 only what int64 cannot hold.
}

const boost::json::array* array_at(const boost::json::value& value, std::string_view pointer) {
  const boost::json::value* found = member_at(value, pointer);
  return found == nullptr ? nullptr : found->if_array();
}

}  // namespace carillon::cli
