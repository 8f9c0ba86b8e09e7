#include "core/queue_dispatcher/queue_dispatcher.h"

#include <array>
#include <utility>

#include "core/dispatch_table.h"
#include "core/keyed_state.h"
#include "core/queue_dispatcher/moves.h"
#include "core/queue_dispatcher/worker_places.h"

namespace carillon {
namespace {

using namespace queue_dispatcher;

constexpr std::array kTable{
    dispatch_row<run_ready>(RecordType::run_ready),
    dispatch_row<run_released>(RecordType::run_released),
    dispatch_row<run_withdrawn>(RecordType::run_withdrawn),
    dispatch_row<worker_credit>(RecordType::worker_credit),
    dispatch_row<worker_lost>(RecordType::worker_lost),
    dispatch_row<queue_changed>(RecordType::queue_changed),
    dispatch_row<due>(RecordType::due),
    dispatch_row<clock_stepped>(RecordType::clock_stepped),
};

}  // namespace

Result<void> QueueDispatcher::on_record(Context& context, const Record& record) {
  // A header that says nothing is as good as none and is not stored.
  const Bytes before = context.get(kHeaderSubkey).value_or(encode_state(QueueHeader{}));
  auto header = decode_state<QueueHeader>(before);
  if (!header) return fail(std::move(header.error()));
  CARILLON_CHECK(counts_agree(*header));

  // While a wake-up is pending, what is left is its work alone; so a record that comes twice finds
  // nothing to do the second time.
  OpenQueue queue{.context = context, .header = std::move(*header)};
  if (!queue.header.wake) queue.moves_left = limits::kGrantsPerStep;
  if (auto moved = dispatch_record(kTable, queue, record); !moved) return moved;
  if (auto settled = settle(queue); !settled) return settled;

  CARILLON_CHECK(counts_agree(queue.header));
  Bytes after = encode_state(queue.header);
  if (after != before) context.put(kHeaderSubkey, std::move(after));
  return {};
}

}  // namespace carillon
