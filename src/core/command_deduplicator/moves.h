// What the deduplicator does about each record. Each function is pure and lies in the file named
// after its record.
#pragma once

#include "base/result.h"
#include "core/command_deduplicator/command_state.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"

namespace carillon::command_deduplicator {

Result<void> keyed_command(OpenKey& opened, const KeyedCommand& command);
Result<void> command_answered(OpenKey& opened, const CommandAnswered& answered);
Result<void> due(OpenKey& opened, const Due& due);
Result<void> clock_stepped(OpenKey& opened, const ClockStepped& stepped);

}  // namespace carillon::command_deduplicator
