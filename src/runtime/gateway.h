// Gateway: everything that the outside (REST today) may ask of the platform. The specification's
// ApiGatewayService; runtime/service/ implements it for the embedded form.
//
// Any thread may call. Commands answer later, after they are durable, on a thread of the gateway's
// own; reads answer at once. Reads by id come from the committed state, so a client reads its own
// writes; lists come from views, which are waited for (bounded) until they hold all that was
// answered before.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "domain/id/ids.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/task/task_row.h"
#include "domain/task/validate_definition.h"
#include "domain/zone/zone_source.h"
#include "ports/engine_store.h"
#include "ports/log_store.h"
#include "ports/task_repository.h"
#include "ports/work_queue.h"

namespace carillon {

// Why a request was not done: the main fault, and every single one where there are several.
struct Problem {
  Error error;
  std::vector<Error> details;
};

// What a command did. Small, because it goes from hand to hand.
struct CommandResult {
  std::unique_ptr<const TaskAnswer> answer;  // Never null; the task below may have its rows.
  std::unique_ptr<const TaskSnapshot>
      task;  // As it is after the command, or later; none when it was deleted.
  std::vector<DefinitionWarning> warnings;
};

using CommandOutcome = std::expected<CommandResult, Problem>;
using Reply = std::move_only_function<void(CommandOutcome)>;

// An Idempotency-Key with what it was used for. The scope keeps callers and routes apart.
struct RequestKey {
  std::string key;          // Scope and key; at most 512 bytes.
  std::string fingerprint;  // Hash of method, path and body.
};

// Who asks, and under what condition.
struct Caller {
  std::string by;                               // Name for `by` and createdBy; may be empty.
  std::optional<TaskVersion> expected_version;  // If-Match.
  std::optional<RequestKey> request_key;
};

enum class ArmOnCreate : std::uint8_t { no, yes };

struct CreateRequest {
  TaskDefinition definition;
  ArmOnCreate arm = ArmOnCreate::no;
  Caller caller;
  // What Gateway::check had to say when it found the request fine: it is not checked again.
  std::optional<std::vector<DefinitionWarning>> checked;
  // Where Gateway::create calls the reply; on a thread of its own if none. Lives until it is
  // called.
  WorkQueue* answer_on = nullptr;
};

// All items or none are taken; each has its own outcome, in the order of the requests.
using BatchReply = std::move_only_function<void(std::vector<CommandOutcome>)>;

// The body of one command; the header is filled in by the gateway.
using TaskCommand = std::variant<ScheduleTask, PauseTask, ResumeTask, CancelTask, RetryTask, RunNow,
                                 SetStatus, DeleteTask>;

// Computes the new definition from the task as it is; may be called more than once.
using DefinitionChange =
    std::function<std::expected<TaskDefinition, std::vector<Error>>(const TaskSnapshot&)>;

// Facts as they become durable, in order. Called on the thread that commits, so it must do no more
// than hand over what it wants. A listener that returns false is dropped.
using FactListener = std::function<bool(const FactRecord&)>;

struct HealthCheck {
  std::string name;
  bool ok = true;
  std::string detail;
};

struct TypeDescription {
  std::string name;
  std::string summary;
  std::string lane;
  std::string schema_json;   // JSON Schema of the parameters.
  std::string example_json;  // A body that runs.
};

class Gateway {
 public:
  Gateway() = default;
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  virtual ~Gateway() = default;

  // Validates and stores a new task.
  //
  // Errors (in the outcome)  every code of the user's faults; overloaded; storage_full;
  // unavailable;
  //                          outcome_unknown when the commit's fate cannot be known
  virtual void create(CreateRequest request, Reply reply) = 0;

  // Validates all first: an invalid item leaves its place with its problem; the valid ones are
  // stored. Requires at most limits::kBatchItems requests.
  virtual void create_many(std::vector<CreateRequest> requests, BatchReply reply) = 0;

  virtual void command(TaskId task, TaskCommand command, Caller caller, Reply reply) = 0;

  // Reads the task, applies the change, validates and stores it. Repeats a few times when somebody
  // else changed the task in between, unless the caller expects a version.
  virtual void update(TaskId task, DefinitionChange change, Caller caller, Reply reply) = 0;

  // Checks a definition without storing it.
  virtual ValidatedDefinition check(TaskDefinition& definition) const = 0;

  // Checks a request that is to be sent when others are fine, too, and marks it as checked.
  // Returns the faults, none when it may be sent.
  virtual std::vector<Error> check(CreateRequest& request) const = 0;

  virtual Result<std::optional<TaskSnapshot>> find_task(const TaskId& task) const = 0;
  virtual Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& query) const = 0;
  virtual Result<Page<RunListItem>> list_runs(const RunQuery& query) const = 0;
  virtual Result<std::optional<RunListItem>> find_run(const RunId& run) const = 0;
  virtual Result<Page<SlotRow>> list_slots(const TaskId& task, const PageRequest& page) const = 0;
  virtual Result<Page<FactRecord>> list_task_facts(const TaskId& task,
                                                   const PageRequest& page) const = 0;
  virtual Result<std::vector<LogLine>> read_log(const AttemptId& attempt, std::uint64_t after,
                                                std::size_t limit) const = 0;

  // At most `limit` facts of an outgoing topic after the position, oldest first.
  virtual Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition after,
                                                      std::size_t limit) const = 0;
  // The same for a topic that operators read: its records.
  virtual Result<std::vector<JournalRecord>> records_after(Topic topic, JournalPosition after,
                                                           std::size_t limit) const = 0;
  // Listens to all topics from now on, until the returned handle is destroyed; no call is under way
  // then.
  virtual std::shared_ptr<void> listen(FactListener listener) = 0;

  // The last durable position.
  virtual JournalPosition last_position() const = 0;

  virtual const ZoneSource& zones() const = 0;
  virtual std::vector<TypeDescription> task_types() const = 0;
  virtual Instant now() const = 0;

  // Writes a consistent copy of all data into a new folder on this machine.
  virtual Result<void> backup(std::string_view folder) = 0;

  virtual std::vector<HealthCheck> health() const = 0;
  virtual std::string metrics() const = 0;  // Prometheus text exposition.
};

}  // namespace carillon
