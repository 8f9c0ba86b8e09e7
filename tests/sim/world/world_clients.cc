#include "tests/sim/world/world_clients.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "domain/limits.h"
#include "tests/sim/world/draw.h"

namespace carillon {
namespace {

// By how much the wall clock, which measures the window of a key, may be set forward meanwhile.
constexpr Duration kMargin = Duration::hours(12);

// Whether asking again may help: the fault is the server's, and passes.
bool is_passing(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::storage_full ||
         code == ErrorCode::io_failed || code == ErrorCode::outcome_unknown ||
         code == ErrorCode::overloaded || code == ErrorCode::shutting_down;
}

}  // namespace

std::optional<TaskId> WorldClients::task_of(std::uint32_t number) const {
  const auto found = tasks_.find(number);
  return found == tasks_.end() ? std::nullopt : std::optional(found->second);
}

void WorldClients::send(const ClientCall& call) {
  history_.clients.push_back(
      {.call = call, .refusal = {}, .task = {}, .run = {}, .asked = {}, .told = {}});
  const std::size_t record = history_.clients.size() - 1;
  if (call.kind != CallKind::create) history_.clients[record].task = task_of(call.task);
  ask(record);
}

void WorldClients::ask(std::size_t record) {
  ClientRecord& client = history_.clients[record];
  const bool addressed = client.call.kind == CallKind::create || client.task;
  if (!addressed) return;
  if (gateway_ == nullptr) {
    try_later(record);
    return;
  }
  client.outcome = ClientRecord::Outcome::unknown;
  if (!client.first_sent) client.first_sent = clock_.passed();
  open_.push_back(record);
  if (client.call.kind == CallKind::create) {
    ask_to_create(record);
  } else if (client.call.kind == CallKind::update) {
    ask_to_update(record);
  } else {
    command(record);
  }
}

Caller WorldClients::caller_of(std::size_t record) const {
  const ClientCall& call = history_.clients[record].call;
  Caller caller{.by = client_name(record), .expected_version = {}, .request_key = {}};
  if (!call.request_key.empty()) {
    caller.request_key =
        RequestKey{.key = call.request_key, .fingerprint = fmt::format("{}", call.seed)};
  }
  return caller;
}

void WorldClients::ask_to_create(std::size_t record) {
  ClientRecord& client = history_.clients[record];
  client.asked = drawn_definition(plan_, client.call);
  Draw draw(part_seed(client.call.seed, 2));
  gateway_->create({.definition = *client.asked,
                    .arm = draw.chance(850) ? ArmOnCreate::yes : ArmOnCreate::no,
                    .caller = caller_of(record)},
                   reply_to(record));
}

void WorldClients::ask_to_update(std::size_t record) {
  const ClientRecord& client = history_.clients[record];
  const ClientCall call = client.call;
  const auto change =
      [call](const TaskSnapshot& before) -> std::expected<TaskDefinition, std::vector<Error>> {
    TaskDefinition definition = before.definition;
    change_definition(definition, call);
    return definition;
  };
  gateway_->update(*client.task, change, caller_of(record), reply_to(record));
}

TaskCommand WorldClients::command_of(const ClientCall& call) const {
  Draw draw(call.seed);
  switch (call.kind) {
    case CallKind::schedule: {
      ScheduleTask schedule;
      if (draw.chance(250)) schedule.delay = draw.between(Duration{}, Duration::seconds(30));
      return schedule;
    }
    case CallKind::pause: {
      PauseTask pause{.header = {}, .reason = "drawn", .until = {}};
      if (draw.chance(400)) {
        pause.until = clock_.wall() + draw.between(Duration::seconds(1), Duration::minutes(3));
      }
      return pause;
    }
    case CallKind::resume:
      return ResumeTask{};
    case CallKind::cancel:
      return CancelTask{.header = {}, .reason = "drawn"};
    case CallKind::retry:
      return RetryTask{};
    case CallKind::run_now:
      return RunNow{};
    case CallKind::set_status:
      return SetStatus{.header = {},
                       .status = draw.pick({TaskStatus::completed, TaskStatus::failed,
                                            TaskStatus::scheduled, TaskStatus::running}),
                       .reason = "drawn",
                       .execution_result = {},
                       .error_message = {}};
    case CallKind::remove:
    case CallKind::create:
    case CallKind::update:
      break;
  }
  return DeleteTask{};
}

void WorldClients::command(std::size_t record) {
  const ClientRecord& client = history_.clients[record];
  gateway_->command(*client.task, command_of(client.call), caller_of(record), reply_to(record));
}

Reply WorldClients::reply_to(std::size_t record) {
  return [this, record](CommandOutcome outcome) { take_answer(record, std::move(outcome)); };
}

void WorldClients::take_answer(std::size_t record, CommandOutcome outcome) {
  std::erase(open_, record);
  ClientRecord& client = history_.clients[record];
  client.answered_at = clock_.passed();
  client.starts_before = history_.handlers.size();
  if (!outcome) {
    const ErrorCode code = outcome.error().error.code;
    client.refusal = code;
    if (!is_passing(code)) {
      client.outcome = ClientRecord::Outcome::refused;
    } else {
      // It may have been done all the same: a failed commit can be on the disk.
      client.outcome = ClientRecord::Outcome::unknown;
      try_later(record);
    }
    return;
  }
  client.outcome = ClientRecord::Outcome::done;
  client.refusal.reset();
  client.task = outcome->answer->task;
  client.version = outcome->answer->version;
  client.run = outcome->answer->run;
  if (client.call.kind != CallKind::create) return;
  if (outcome->task) client.told = *outcome->task;
  tasks_.emplace(client.call.task, *client.task);
}

// A client that has named its request asks until it is answered, as long as the name is remembered;
// any other gives up.
void WorldClients::try_later(std::size_t record) {
  ClientRecord& client = history_.clients[record];
  if (client.call.request_key.empty()) return;
  const Duration asked_for = clock_.passed() - client.first_sent.value_or(clock_.passed());
  if (asked_for + kMargin > limits::kIdempotencyWindow) {
    client.gave_up = true;
    return;
  }
  const Duration pause = gateway_ == nullptr ? Duration::seconds(20) : Duration::milliseconds(700);
  agenda_.plan(clock_.passed() + pause, [this, record] { ask(record); });
}

void WorldClients::go_down() {
  gateway_ = nullptr;
  for (const std::size_t record : std::exchange(open_, {})) try_later(record);
}

void WorldClients::resume_all() {
  for (const auto& [number, task] : tasks_) {
    send({.kind = CallKind::resume,
          .task = number,
          .seed = 0,
          .request_key = fmt::format("resume-{}", resumes_++)});
  }
}

}  // namespace carillon
