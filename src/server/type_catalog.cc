#include "server/type_catalog.h"

#include <string>
#include <string_view>
#include <utility>

namespace carillon::server {
namespace {

constexpr std::string_view kParameters = "/parameters";

// Workflows run as steps, not in an executor, but users choose them like any type.
TaskTypeDescription workflow_type() {
  return {.name = "workflow",
          .summary = "Runs its steps in the order of their dependencies; each step is a task.",
          .lane = Lane::workflow,
          .schema_json =
              R"({"type":"object","required":["steps"],"properties":{"steps":{"type":"array",)"
              R"("items":{"type":"object","required":["name"],"properties":{)"
              R"("name":{"type":"string"},"dependsOn":{"type":"array","items":{"type":"string"}},)"
              R"("parameters":{"type":"object"},"maxRetries":{"type":"integer"},)"
              R"("retryDelayMs":{"type":"integer"},"attemptTimeoutMs":{"type":"integer"}}}}}})",
          .example_json =
              R"({"name":"nightly","parameters":{"type":"workflow","steps":[{"name":"extract",)"
              R"("parameters":{"type":"data_processing"}},{"name":"tell","dependsOn":["extract"],)"
              R"("parameters":{"type":"notification"}}]}})"};
}

}  // namespace

TypeCatalog::TypeCatalog(const TypeRegistry& registry) : registry_(registry) {
  for (const TypeInfo& info : registry.list()) {
    types_.emplace(info.name, TaskTypeDescription{.name = std::string(info.name),
                                                  .summary = std::string(info.summary),
                                                  .lane = info.lane,
                                                  .schema_json = std::string(info.parameter_schema),
                                                  .example_json = std::string(info.example)});
  }
  TaskTypeDescription workflow = workflow_type();
  types_.emplace(workflow.name, std::move(workflow));
}

const TaskTypeDescription* TypeCatalog::find(std::string_view name) const {
  const auto at = types_.find(name);
  return at == types_.end() ? nullptr : &at->second;
}

std::vector<TaskTypeDescription> TypeCatalog::list() const {
  std::vector<TaskTypeDescription> all;
  for (const auto& [name, type] : types_) all.push_back(type);
  return all;
}

std::vector<Error> TypeCatalog::check_parameters(std::string_view name,
                                                 const JsonText& parameters) const {
  if (name == "workflow") return {};  // Its steps are checked one by one.
  const std::string_view text = parameters.empty() ? "{}" : std::string_view(parameters.text());
  auto valid = registry_.validate(name, text);
  if (valid) return {};
  // To an executor a closed address or folder is forbidden; to who creates a task it is a wrong
  // value.
  if (valid.error().code == ErrorCode::forbidden) valid.error().code = ErrorCode::invalid_value;
  // The registry's pointers start at the task, those of the port at its parameters.
  std::string& pointer = valid.error().pointer;
  if (pointer.starts_with(kParameters)) pointer.erase(0, kParameters.size());
  return {std::move(valid.error())};
}

}  // namespace carillon::server
