// CommandDeduplicator: runs a command that came with an idempotency key once and answers it always.
//
// Operator; key = the idempotency key, scoped by the gateway. The command it passes on names this
// key as its reply key, so the task's answer comes back here and is remembered for
// limits::kIdempotencyWindow.
#pragma once

#include "core/operator.h"

namespace carillon {

class CommandDeduplicator final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override;
};

}  // namespace carillon
