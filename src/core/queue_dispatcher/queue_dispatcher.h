// QueueDispatcher: decides which waiting attempt gets the next free place of a worker.
//
// Operator; key = queue name. It grants to the task, which checks its fence and dispatches, so no
// stale grant reaches an executor. Mechanism: docs/internals/queues.md.
#pragma once

#include "core/operator.h"

namespace carillon {

class QueueDispatcher final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override;
};

}  // namespace carillon
