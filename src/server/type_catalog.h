// TypeCatalog: the executors' registry as the service layer's TaskTypes. Any thread.
#pragma once

#include <map>
#include <string>

#include "executors/registry.h"
#include "ports/task_types.h"

namespace carillon::server {

class TypeCatalog final : public TaskTypes {
 public:
  // Requires  the registry outlives the catalog.
  explicit TypeCatalog(const TypeRegistry& registry);

  [[nodiscard]] const TaskTypeDescription* find(std::string_view name) const override;
  [[nodiscard]] std::vector<TaskTypeDescription> list() const override;
  [[nodiscard]] std::vector<Error> check_parameters(std::string_view name,
                                                    const JsonText& parameters) const override;

 private:
  const TypeRegistry& registry_;
  std::map<std::string, TaskTypeDescription, std::less<>> types_;
};

}  // namespace carillon::server
