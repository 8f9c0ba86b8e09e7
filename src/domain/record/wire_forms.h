// The byte forms of the large records, compiled once (wire_forms.cc) instead of in every file that
// reads or writes one: they are a good part of what a compiler does here.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/wire.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"

namespace carillon {

extern template void append_wire(Bytes& out, const TaskDefinition& value);
extern template Result<void> read_wire(std::string_view in, TaskDefinition& value);
extern template void append_wire(Bytes& out, const TaskRow& value);
extern template Result<void> read_wire(std::string_view in, TaskRow& value);
extern template void append_wire(Bytes& out, const TaskSnapshot& value);
extern template Result<void> read_wire(std::string_view in, TaskSnapshot& value);
extern template void append_wire(Bytes& out, const WorkflowSpec& value);
extern template Result<void> read_wire(std::string_view in, WorkflowSpec& value);
extern template void append_wire(Bytes& out, const RunRow& value);
extern template Result<void> read_wire(std::string_view in, RunRow& value);
extern template void append_wire(Bytes& out, const Outcome& value);
extern template Result<void> read_wire(std::string_view in, Outcome& value);
extern template void append_wire(Bytes& out, const SlotRow& value);
extern template Result<void> read_wire(std::string_view in, SlotRow& value);
extern template void append_wire(Bytes& out, const TaskFact& value);
extern template Result<void> read_wire(std::string_view in, TaskFact& value);
extern template void append_wire(Bytes& out, const TaskAnswer& value);
extern template Result<void> read_wire(std::string_view in, TaskAnswer& value);
extern template void append_wire(Bytes& out, const AttemptDispatched& value);
extern template Result<void> read_wire(std::string_view in, AttemptDispatched& value);
extern template void append_wire(Bytes& out, const Notification& value);
extern template Result<void> read_wire(std::string_view in, Notification& value);
extern template void append_wire(Bytes& out, const CreateTask& value);
extern template Result<void> read_wire(std::string_view in, CreateTask& value);
extern template void append_wire(Bytes& out, const UpdateTask& value);
extern template Result<void> read_wire(std::string_view in, UpdateTask& value);
extern template void append_wire(Bytes& out, const KeyedCommand& value);
extern template Result<void> read_wire(std::string_view in, KeyedCommand& value);
extern template void append_wire(Bytes& out, const CommandAnswered& value);
extern template Result<void> read_wire(std::string_view in, CommandAnswered& value);
extern template void append_wire(Bytes& out, const AttemptGranted& value);
extern template Result<void> read_wire(std::string_view in, AttemptGranted& value);
extern template void append_wire(Bytes& out, const AttemptFinished& value);
extern template Result<void> read_wire(std::string_view in, AttemptFinished& value);

}  // namespace carillon
