#include "executors/registry.h"

#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "executors/parameters.h"
#include "executors/template_text.h"
#include "executors/types/cleanup.h"
#include "executors/types/command.h"
#include "executors/types/data_processing.h"
#include "executors/types/fail.h"
#include "executors/types/http.h"
#include "executors/types/noop.h"
#include "executors/types/notification.h"
#include "executors/types/report.h"
#include "executors/types/sleep.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr std::size_t kDepthMax = 64;

Result<json::object> read_parameters(std::string_view text) {
  if (text.empty()) return json::object{};
  json::error_code error;
  const json::parse_options options{.max_depth = kDepthMax};
  json::value value = json::parse(text, error, {}, options);
  if (error) {
    return fail(ErrorCode::malformed_json, "The parameters are not valid JSON.",
                "Nest them at most 64 levels deep and check commas and quotes.");
  }
  if (value.is_null()) return json::object{};
  if (!value.is_object()) {
    return fail(ErrorCode::invalid_value, "The parameters are not a JSON object.",
                R"(Write them as {"type": "noop"}.)");
  }
  json::object parameters = std::move(value.get_object());
  parameters.erase("type");
  return parameters;
}

}  // namespace

void TypeRegistry::add(TaskType type) {
  const std::string name(type.info.name);
  const bool starts = std::holds_alternative<StartHandler>(type.handler);
  CARILLON_CHECK(starts == (type.info.lane == Lane::http), name);
  ParameterSchema schema(type.info.parameter_schema);
  Entry entry{.type = std::move(type), .schema = std::move(schema)};
  entry.bare_text = fmt::format(R"({{"type":"{}"}})", name);
  json::object nothing;
  entry.bare = complete_and_judge(entry, nothing);
  const bool added = types_.emplace(name, std::move(entry)).second;
  CARILLON_CHECK(added, name);
}

const TaskType* TypeRegistry::find(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &found->second.type;
}

std::vector<TypeInfo> TypeRegistry::list() const {
  std::vector<TypeInfo> infos;
  infos.reserve(types_.size());
  for (const auto& [name, entry] : types_) infos.push_back(entry.type.info);
  return infos;
}

Result<const TypeRegistry::Entry*> TypeRegistry::entry(std::string_view name) const {
  const auto found = types_.find(name);
  if (found != types_.end()) return &found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, unused] : types_) names.emplace_back(known);
  const std::string_view near = nearest_name(name, names);
  return fail(Error{.code = ErrorCode::unknown_task_type,
                    .message = fmt::format("There is no task type {}.", name),
                    .hint = near.empty() ? fmt::format("Known are {}.", fmt::join(names, ", "))
                                         : fmt::format("Did you mean {}?", near),
                    .column = std::nullopt,
                    .pointer = "/parameters/type"});
}

TypeRegistry TypeRegistry::built_in(const TypeServices& services) {
  TypeRegistry types;
  types.add(cleanup_type(services));
  types.add(command_type(services));
  types.add(data_processing_type(services));
  types.add(fail_type());
  types.add(http_type(services));
  types.add(noop_type());
  types.add(notification_type(services));
  types.add(report_type(services));
  types.add(sleep_type());
  return types;
}

Result<TypeInfo> TypeRegistry::info(std::string_view name) const {
  const auto found = entry(name);
  if (!found) return std::unexpected(found.error());
  return (*found)->type.info;
}

Result<void> TypeRegistry::complete_and_judge(const Entry& entry, json::object& parameters) {
  entry.schema.fill_defaults(parameters);
  return judge(entry, parameters);
}

Result<void> TypeRegistry::judge(const Entry& entry, const json::object& parameters) {
  if (auto checked = entry.schema.check(parameters); !checked) return checked;
  return entry.type.check ? entry.type.check(parameters) : Result<void>{};
}

Result<void> TypeRegistry::validate(std::string_view type, std::string_view parameters) const {
  const auto found = entry(type);
  if (!found) return std::unexpected(found.error());
  if (parameters == (*found)->bare_text) return (*found)->bare;
  auto read = read_parameters(parameters);
  if (!read) return std::unexpected(read.error());
  for (const auto& member : *read) {
    auto checked = check_templates(member.value());
    if (checked) continue;
    checked.error().pointer = fmt::format("/parameters/{}", std::string_view(member.key()));
    return checked;
  }
  return read->empty() ? (*found)->bare : complete_and_judge(**found, *read);
}

Result<json::object> TypeRegistry::prepare(std::string_view type, std::string_view parameters,
                                           const json::object& names) const {
  const auto found = entry(type);
  if (!found) return std::unexpected(found.error());
  auto read = read_parameters(parameters);
  if (!read) return read;
  (*found)->schema.fill_defaults(*read);  // Defaults may hold templates too.
  for (auto& member : *read) {
    auto expanded = expand_templates(member.value(), names);
    if (!expanded) return std::unexpected(std::move(expanded.error()));
  }
  if (auto judged = judge(**found, *read); !judged) return std::unexpected(judged.error());
  return read;
}

}  // namespace carillon
