#include "core/command_deduplicator/command_deduplicator.h"

#include <array>
#include <utility>

#include "core/command_deduplicator/moves.h"
#include "core/dispatch_table.h"
#include "core/keyed_state.h"

namespace carillon {
namespace command_deduplicator {

void tell_answer(Context& context, const Key& target, const TaskAnswer& answer) {
  context.emit(Topic::task_responses, FactType::task_answer, target, to_wire(answer));
}

}  // namespace command_deduplicator

namespace {

using namespace command_deduplicator;

constexpr std::array kTable{
    dispatch_row<keyed_command>(RecordType::keyed_command),
    dispatch_row<command_answered>(RecordType::command_answered),
    dispatch_row<due>(RecordType::due),
    dispatch_row<clock_stepped>(RecordType::clock_stepped),
};

}  // namespace

Result<void> CommandDeduplicator::on_record(Context& context, const Record& record) {
  auto kept = load_state<KeptCommand>(context, kCommandSubkey);
  if (!kept) return fail(std::move(kept.error()));
  OpenKey opened{.context = context, .kept = std::move(*kept)};
  return dispatch_record(kTable, opened, record);
}

}  // namespace carillon
