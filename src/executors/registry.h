// TypeRegistry: the task types this process can run, by name.
//
// Filled at start, then read by any thread. The service layer judges parameters with it when a task
// is created; TaskExecutionService asks it for the handler when an attempt begins.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "executors/parameter_schema.h"
#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

class TypeRegistry {
 public:
  // Every type that comes with carillon. What `services` refers to outlives the registry.
  static TypeRegistry built_in(const TypeServices& services);

  // Requires  the name is new and the handler's kind fits the lane
  void add(TaskType type);

  // Null when there is no such type.
  [[nodiscard]] const TaskType* find(std::string_view name) const;

  // Every type, by name.
  [[nodiscard]] std::vector<TypeInfo> list() const;

  // What a creator of a task gets to know about its type.
  //
  // Errors  unknown_task_type  the hint has the nearest name, or all of them
  [[nodiscard]] Result<TypeInfo> info(std::string_view name) const;

  // Judges the `parameters` member of a task; its own `type` member is passed over.
  //
  // Errors  unknown_task_type, unknown_field, missing_field, invalid_value, malformed_json
  [[nodiscard]] Result<void> validate(std::string_view type, std::string_view parameters) const;

  // The parameters as a handler gets them: judged, defaults filled in, templates replaced from
  // `names`, judged again by the type's own rules.
  //
  // Requires  the type is known
  // Errors    as validate
  [[nodiscard]] Result<boost::json::object> prepare(std::string_view type,
                                                    std::string_view parameters,
                                                    const boost::json::object& names) const;

 private:
  struct Entry {
    TaskType type;
    ParameterSchema schema;
    // Parameters that are the type alone, which is what many tasks have, and the verdict on them.
    std::string bare_text = {};
    Result<void> bare = {};
  };

  [[nodiscard]] Result<const Entry*> entry(std::string_view name) const;
  [[nodiscard]] static Result<void> complete_and_judge(const Entry& entry,
                                                       boost::json::object& parameters);
  [[nodiscard]] static Result<void> judge(const Entry& entry,
                                          const boost::json::object& parameters);

  std::map<std::string, Entry, std::less<>> types_;
};

}  // namespace carillon
