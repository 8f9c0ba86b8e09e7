// Facts as readers of the API see them: one flat object each, without what is absent. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "ports/engine_store.h"

namespace carillon::api {

// Appends {"type", "at", "position", …}: of a task's fact its parts that are present, of any other
// its members; of task-execution, whose members would collide, {"type", "at", "position", "data"}.
//
// Errors  corrupt, newer_version  the bytes are not those of the type; nothing was appended
Result<void> append_fact_json(std::string& out, const FactRecord& fact);

}  // namespace carillon::api
