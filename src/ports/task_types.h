// What kinds of work this platform can do, as the service layer needs to know it.
//
// Port: the executors' registry implements it, tests fake it. Any thread; never changes while it
// runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json_text.h"
#include "domain/policy/policy_words.h"

namespace carillon {

// A task type as a user sees it.
struct TaskTypeDescription {
  std::string name;
  std::string summary;
  Lane lane = Lane::cpu;
  std::string schema_json;   // JSON Schema of the parameters.
  std::string example_json;  // A task body that runs.
};

class TaskTypes {
 public:
  TaskTypes() = default;
  TaskTypes(const TaskTypes&) = delete;
  TaskTypes& operator=(const TaskTypes&) = delete;
  virtual ~TaskTypes() = default;

  // The description of a type; null when there is none of that name.
  [[nodiscard]] virtual const TaskTypeDescription* find(std::string_view name) const = 0;

  // All of them, by name.
  [[nodiscard]] virtual std::vector<TaskTypeDescription> list() const = 0;

  // Every fault of the parameters, with pointers that start at the parameters object. Requires that
  // find(name) knows the type.
  [[nodiscard]] virtual std::vector<Error> check_parameters(std::string_view name,
                                                            const JsonText& parameters) const = 0;
};

}  // namespace carillon
