// TaskScheduler: the machine of one task: its definition, schedule, runs, retries and slot
// decisions.
//
// Operator; key = the 16 bytes of the task id; topic task-requests. Which file handles which
// record: handlers.h. State and its bytes: task_state.h, docs/formats/core-state.md.
#pragma once

#include "core/operator.h"

namespace carillon {

class TaskScheduler final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override;
};

}  // namespace carillon
