// The outcome of a command as an answer: the task with its tag, or a problem.
#pragma once

#include <cstdint>

#include "api/exchange.h"
#include "runtime/gateway.h"

namespace carillon::api {

enum class SuccessForm : std::uint8_t {
  created,  // 201 with Location and the task.
  task,     // 200 with the task.
  nothing,  // 204.
};

void answer_command(Exchange exchange, CommandOutcome outcome, SuccessForm form);

// The problem that an answer of the core carries by its word.
Problem problem_of_answer(const TaskAnswer& answer);

}  // namespace carillon::api
