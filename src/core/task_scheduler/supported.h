// Policies that the definition can name and this version does not carry out. Pure rule.
#pragma once

#include "base/result.h"
#include "domain/task/task_definition.h"

namespace carillon {

// Refuses a definition that asks for more than this version does, so that no task silently gets
// less.
//
// Errors  not_yet  names the field and the values that work
Result<void> refuse_unsupported(const TaskDefinition& definition);

}  // namespace carillon
