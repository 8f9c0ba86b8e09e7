// The commands of the TaskController: each reads its body and hands one command to the gateway.
#include <utility>

#include "api/messages/command_answer.h"
#include "api/messages/command_bodies.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "api/tasks/task_controller.h"

namespace carillon::api {
namespace {

struct CommandRequest {
  TaskId task;
  Caller caller;
};

// What every command needs to know, or the problem.
template <class Body>
std::expected<std::pair<CommandRequest, Body>, Problem> read_command(const Exchange& exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return std::unexpected(query.problem());
  auto task = task_of(exchange);
  if (!task) return std::unexpected(problem_of({std::move(task.error())}));
  auto caller = caller_of(exchange);
  if (!caller) return std::unexpected(problem_of({std::move(caller.error())}));
  const auto text = body_of(exchange.request(), BodyForm::json);
  if (!text) return std::unexpected(problem_of({text.error()}));
  auto body = read_body<Body>(*text);
  if (!body) return std::unexpected(problem_of(std::move(body.error())));
  return std::pair(CommandRequest{.task = *task, .caller = *std::move(caller)}, *std::move(body));
}

void submit(Exchange exchange, CommandRequest request, TaskCommand command) {
  Gateway& gateway = exchange.gateway();
  const SuccessForm form =
      std::holds_alternative<DeleteTask>(command) ? SuccessForm::nothing : SuccessForm::task;
  gateway.command(request.task, std::move(command), std::move(request.caller),
                  [exchange = std::move(exchange), form](CommandOutcome outcome) mutable {
                    answer_command(std::move(exchange), std::move(outcome), form);
                  });
}

// Reads the body, makes the command of it and submits that.
template <class Body, class MakeCommand>
void handle(Exchange exchange, const MakeCommand& make_command) {
  auto read = read_command<Body>(exchange);
  if (!read) return exchange.refuse(read.error());
  auto& [request, body] = *read;
  submit(std::move(exchange), std::move(request), make_command(std::move(body)));
}

}  // namespace

void TaskController::schedule(Exchange exchange) {
  auto read = read_command<ScheduleBody>(exchange);
  if (!read) return exchange.refuse(read.error());
  const auto& [request, body] = *read;
  if (body.run_at && body.delay) {
    return exchange.refuse({.error = {.code = ErrorCode::schedule_conflict,
                                      .message = "runAt and delayMs exclude each other.",
                                      .hint = "Send one of them.",
                                      .pointer = "/delayMs"},
                            .details = {}});
  }
  if (body.delay && *body.delay < Duration()) {
    return exchange.refuse({.error = {.code = ErrorCode::invalid_value,
                                      .message = "delayMs is negative.",
                                      .hint = "Write 0 to run at once.",
                                      .pointer = "/delayMs"},
                            .details = {}});
  }
  submit(std::move(exchange), std::move(read->first),
         ScheduleTask{.run_at = read->second.run_at, .delay = read->second.delay});
}

void TaskController::set_status(Exchange exchange) {
  auto read = read_command<StatusBody>(exchange);
  if (!read) return exchange.refuse(read.error());
  auto& [request, body] = *read;
  if (!body.status) {
    return exchange.refuse({.error = {.code = ErrorCode::missing_field,
                                      .message = "The new status is missing.",
                                      .hint = R"(Write {"status": "PAUSED"}.)",
                                      .pointer = "/status"},
                            .details = {}});
  }
  submit(std::move(exchange), std::move(request),
         SetStatus{.status = *body.status,
                   .reason = std::move(body.reason),
                   .execution_result = std::move(body.execution_result),
                   .error_message = std::move(body.error_message)});
}

void TaskController::retry(Exchange exchange) {
  handle<EmptyBody>(std::move(exchange), [](EmptyBody) { return RetryTask{}; });
}

void TaskController::cancel(Exchange exchange) {
  handle<CancelBody>(std::move(exchange),
                     [](CancelBody body) { return CancelTask{.reason = std::move(body.reason)}; });
}

void TaskController::pause(Exchange exchange) {
  handle<PauseBody>(std::move(exchange), [](PauseBody body) {
    return PauseTask{.reason = std::move(body.reason), .until = body.until};
  });
}

void TaskController::resume(Exchange exchange) {
  handle<EmptyBody>(std::move(exchange), [](EmptyBody) { return ResumeTask{}; });
}

void TaskController::run(Exchange exchange) {
  handle<RunBody>(std::move(exchange),
                  [](const RunBody& body) { return RunNow{.overlap = body.overlap}; });
}

void TaskController::remove(Exchange exchange) {
  handle<EmptyBody>(std::move(exchange), [](EmptyBody) { return DeleteTask{}; });
}

}  // namespace carillon::api
