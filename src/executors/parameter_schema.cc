#include "executors/parameter_schema.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "base/check.h"
#include "base/text.h"

namespace carillon {
namespace json = boost::json;

struct ParameterSchema::Compiled {
  json::value document;  // The schema refers into it.
  valijson::Schema schema;

  [[nodiscard]] const json::object& properties() const {
    static const json::object kNone;
    const auto* found = document.get_object().if_contains("properties");
    return found == nullptr ? kNone : found->get_object();
  }
};

namespace {

Error parameter_error(ErrorCode code, std::string message, std::string hint, std::string pointer) {
  return Error{.code = code,
               .message = std::move(message),
               .hint = std::move(hint),
               .column = std::nullopt,
               .pointer = "/parameters" + std::move(pointer)};
}

// What the schema says about a property, as a hint.
std::string description_of(const json::object& properties, std::string_view name) {
  const auto* property = properties.if_contains(name);
  if (property == nullptr || !property->is_object()) return {};
  const auto* description = property->get_object().if_contains("description");
  if (description == nullptr) return {};
  return fmt::format("{}: {}", name, std::string_view(description->get_string()));
}

std::string nearest_hint(const json::object& properties, std::string_view wrong) {
  std::vector<std::string_view> names;
  for (const auto& member : properties) names.emplace_back(member.key());
  const std::string_view near = nearest_name(wrong, names);
  if (!near.empty()) return fmt::format("Did you mean {}?", near);
  return names.empty() ? "This type takes no parameters."
                       : fmt::format("Known are {}.", fmt::join(names, ", "));
}

// "from 1 to 50 characters", by two keywords of a schema that may each be absent.
std::string bounds_of(const json::object& property, std::string_view least, std::string_view most) {
  const auto* from = property.if_contains(least);
  const auto* to = property.if_contains(most);
  if (from != nullptr && to != nullptr) {
    return fmt::format(" from {} to {}", json::serialize(*from), json::serialize(*to));
  }
  if (from != nullptr) return fmt::format(" of at least {}", json::serialize(*from));
  if (to != nullptr) return fmt::format(" of at most {}", json::serialize(*to));
  return {};
}

std::string length_of(const json::object& property) {
  const std::string bounds = bounds_of(property, "minLength", "maxLength");
  return bounds.empty() ? bounds : bounds + " characters";
}

std::string words_of(const json::array& allowed) {
  std::vector<std::string> words;
  for (const json::value& word : allowed) {
    words.push_back(word.is_string() ? std::string(word.get_string()) : json::serialize(word));
  }
  return fmt::format("one of {}", fmt::join(words, ", "));
}

// What a property may be, in words; empty when its schema says more than a few words can.
std::string allowed_by(const json::object& property) {
  if (const auto* allowed = property.if_contains("enum")) return words_of(allowed->get_array());
  const auto* type = property.if_contains("type");
  if (type == nullptr || !type->is_string()) return {};
  const std::string_view kind = type->get_string();
  if (kind == "integer") return "a whole number" + bounds_of(property, "minimum", "maximum");
  if (kind == "number") return "a number" + bounds_of(property, "minimum", "maximum");
  if (kind == "string") return "a text" + length_of(property);
  if (kind == "boolean") return "true or false";
  return kind == "array" ? "an array" : "an object";
}

// The library speaks of constraints and schemas; who typed a parameter knows neither.
std::string breach_text(const json::object& properties, std::string_view pointer) {
  const std::string_view place = pointer.substr(std::min<std::size_t>(1, pointer.size()));
  const auto* property = properties.if_contains(place);
  const std::string allowed = property != nullptr && property->is_object()
                                  ? allowed_by(property->get_object())
                                  : std::string{};
  std::string name(place);
  std::ranges::replace(name, '/', '.');
  return allowed.empty() ? fmt::format("{} has a value that this type does not take.", name)
                         : fmt::format("{} must be {}.", name, allowed);
}

// valijson names a place as `<root>`, then `[name]` per level, innermost last.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (part.size() < 2 || part.front() != '[') continue;
    pointer += '/';
    pointer += std::string_view(part).substr(1, part.size() - 2);
  }
  return pointer;
}

}  // namespace

ParameterSchema::ParameterSchema(std::string_view text) : compiled_(std::make_unique<Compiled>()) {
  json::error_code error;
  compiled_->document = json::parse(text, error);
  CARILLON_CHECK(!error && compiled_->document.is_object(), text);
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::BoostJsonAdapter(compiled_->document),
                        compiled_->schema);
}
ParameterSchema::ParameterSchema(ParameterSchema&&) noexcept = default;
ParameterSchema& ParameterSchema::operator=(ParameterSchema&&) noexcept = default;
ParameterSchema::~ParameterSchema() = default;

Result<void> ParameterSchema::check(const json::object& parameters) const {
  const json::object& properties = compiled_->properties();
  for (const auto& member : parameters) {
    if (properties.contains(member.key())) continue;
    return fail(parameter_error(
        ErrorCode::unknown_field,
        fmt::format("{} is not a parameter of this type.", std::string_view(member.key())),
        nearest_hint(properties, member.key()),
        fmt::format("/{}", std::string_view(member.key()))));
  }
  if (const auto* required = compiled_->document.get_object().if_contains("required")) {
    for (const auto& entry : required->get_array()) {
      const std::string_view name = entry.get_string();
      if (parameters.contains(name)) continue;
      return fail(parameter_error(ErrorCode::missing_field, fmt::format("{} is required.", name),
                                  description_of(properties, name), fmt::format("/{}", name)));
    }
  }
  const json::value subject(parameters);
  valijson::ValidationResults results;
  // Strong types: the text "5" is not the number 5.
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  if (validator.validate(compiled_->schema, valijson::adapters::BoostJsonAdapter(subject),
                         &results)) {
    return {};
  }
  // The last error queued is the outermost; the first is nearest to the value at fault.
  valijson::ValidationResults::Error breach;
  results.popError(breach);
  const std::string pointer = pointer_of(breach.context);
  const std::string name = pointer.substr(0, pointer.find('/', 1));
  return fail(parameter_error(
      ErrorCode::invalid_value, breach_text(properties, pointer),
      name.empty() ? std::string{} : description_of(properties, std::string_view(name).substr(1)),
      pointer));
}

void ParameterSchema::fill_defaults(json::object& parameters) const {
  for (const auto& member : compiled_->properties()) {
    if (parameters.contains(member.key()) || !member.value().is_object()) continue;
    const auto* value = member.value().get_object().if_contains("default");
    if (value != nullptr) parameters[member.key()] = *value;
  }
}

}  // namespace carillon
