#include "domain/record/wire_forms.h"

#include "domain/words.h"

namespace carillon {

template void append_wire(Bytes& out, const TaskDefinition& value);
template Result<void> read_wire(std::string_view in, TaskDefinition& value);
template void append_wire(Bytes& out, const TaskRow& value);
template Result<void> read_wire(std::string_view in, TaskRow& value);
template void append_wire(Bytes& out, const TaskSnapshot& value);
template Result<void> read_wire(std::string_view in, TaskSnapshot& value);
template void append_wire(Bytes& out, const WorkflowSpec& value);
template Result<void> read_wire(std::string_view in, WorkflowSpec& value);
template void append_wire(Bytes& out, const RunRow& value);
template Result<void> read_wire(std::string_view in, RunRow& value);
template void append_wire(Bytes& out, const Outcome& value);
template Result<void> read_wire(std::string_view in, Outcome& value);
template void append_wire(Bytes& out, const SlotRow& value);
template Result<void> read_wire(std::string_view in, SlotRow& value);
template void append_wire(Bytes& out, const TaskFact& value);
template Result<void> read_wire(std::string_view in, TaskFact& value);
template void append_wire(Bytes& out, const TaskAnswer& value);
template Result<void> read_wire(std::string_view in, TaskAnswer& value);
template void append_wire(Bytes& out, const AttemptDispatched& value);
template Result<void> read_wire(std::string_view in, AttemptDispatched& value);
template void append_wire(Bytes& out, const Notification& value);
template Result<void> read_wire(std::string_view in, Notification& value);
template void append_wire(Bytes& out, const CreateTask& value);
template Result<void> read_wire(std::string_view in, CreateTask& value);
template void append_wire(Bytes& out, const UpdateTask& value);
template Result<void> read_wire(std::string_view in, UpdateTask& value);
template void append_wire(Bytes& out, const KeyedCommand& value);
template Result<void> read_wire(std::string_view in, KeyedCommand& value);
template void append_wire(Bytes& out, const CommandAnswered& value);
template Result<void> read_wire(std::string_view in, CommandAnswered& value);
template void append_wire(Bytes& out, const AttemptGranted& value);
template Result<void> read_wire(std::string_view in, AttemptGranted& value);
template void append_wire(Bytes& out, const AttemptFinished& value);
template Result<void> read_wire(std::string_view in, AttemptFinished& value);

}  // namespace carillon
