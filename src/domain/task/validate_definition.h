// The rules that a definition must keep, checked when it is accepted. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "domain/task/task_definition.h"
#include "domain/zone/zone_source.h"

namespace carillon {

// Something legal that is seldom meant; shown with the task, never blocks.
struct DefinitionWarning {
  std::string code;
  std::string message;
  std::string hint;
};

struct ValidatedDefinition {
  std::vector<Error> errors;  // Empty when the definition may be stored; each has its pointer.
  std::vector<DefinitionWarning> warnings;
};

// Checks texts, bounds, and that the schedule can fire after `now`; resolves cronDialect in place.
// Types and their parameters are the executors' business and not looked at.
ValidatedDefinition validate_definition(TaskDefinition& definition, const ZoneSource& zones,
                                        Instant now);

}  // namespace carillon
