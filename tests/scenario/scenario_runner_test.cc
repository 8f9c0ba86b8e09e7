// The runner against an operator of its own: every `every` one slot, one run, one attempt, no more.
#include "tests/scenario/scenario_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "domain/record/commands.h"
#include "domain/record/task_messages.h"
#include "domain/words.h"

namespace carillon {
namespace {

using testing::HasSubstr;

// What the toy keeps of a task under subkey 0.
struct ToyTask {
  TaskFact fact;
  std::uint32_t runs = 0;

  static constexpr auto fields() {
    return std::tuple{Field{1, "fact", &ToyTask::fact}, Field{2, "runs", &ToyTask::runs}};
  }
};

class ToyScheduler final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override {
    ToyTask task;
    if (const auto stored = context.get(0)) task = *from_wire<ToyTask>(*stored);
    task.fact.task = TaskId(*uuid_from_raw(context.key()));
    task.fact.run.reset();
    task.fact.slot.reset();
    if (record.type == RecordType::create_task) {
      create(context, task, *from_wire<CreateTask>(record.payload));
    } else if (record.type == RecordType::due) {
      start_slot(context, task, from_wire<Due>(record.payload)->at);
    } else if (record.type == RecordType::attempt_finished) {
      RunRow run{.id = {task.fact.task, task.runs}, .status = RunStatus::completed};
      run.attempt = 1;
      task.fact.run = run;
      tell(context, task, FactType::run_completed);
    } else {
      TaskAnswer answer{.problem = "illegal-transition"};
      context.emit(Topic::task_responses, FactType::task_answer, Key(context.key()),
                   to_wire(answer));
    }
    context.put(0, to_wire(task));
    return {};
  }

 private:
  static void tell(Context& context, ToyTask& task, FactType type) {
    task.fact.version = TaskVersion(task.fact.version.value() + 1);
    context.emit(Topic::task_events, type, Key(context.key()), to_wire(task.fact));
  }

  static void create(Context& context, ToyTask& task, const CreateTask& command) {
    task.fact.definition = command.definition;
    task.fact.row = TaskRow{.status = TaskStatus::scheduled};
    tell(context, task, FactType::task_created);
    plan_next(context, task);
    context.emit(Topic::task_execution, FactType::queue_opened, "default",
                 to_wire(QueueOpened{QueueName("default")}));
    context.emit(Topic::task_responses, FactType::task_answer, Key(context.key()),
                 to_wire(TaskAnswer{.task = task.fact.task, .created = true}));
  }

  static void plan_next(Context& context, ToyTask& task) {
    const Instant next = context.now() + task.fact.definition->schedule.every.value();
    task.fact.row->next_execution = next;
    tell(context, task, FactType::task_scheduled);
    context.wake_at(next);
  }

  static void start_slot(Context& context, ToyTask& task, Instant due) {
    task.runs += 1;
    const RunId run{task.fact.task, task.runs};
    task.fact.run = RunRow{.id = run, .status = RunStatus::running};
    task.fact.slot = SlotRow{.id = {.task = task.fact.task, .nominal = due},
                             .first = due,
                             .last = due,
                             .due = due,
                             .reason = SlotReason::on_time,
                             .decided_at = context.now(),
                             .run = run};
    tell(context, task, FactType::slot_decided);
    task.fact.run.reset();
    task.fact.slot.reset();
    AttemptDispatched dispatched;
    dispatched.attempt = {run, 1};
    dispatched.worker = WorkerName("sim");
    dispatched.epoch = BootEpoch(1);
    dispatched.name = task.fact.definition->name;
    context.emit(Topic::task_execution, FactType::attempt_dispatched, Key(context.key()),
                 to_wire(dispatched));
    plan_next(context, task);
  }
};

class ToyQueue final : public Operator {
 public:
  Result<void> on_record(Context& /*context*/, const Record& /*record*/) override { return {}; }
};

std::unique_ptr<Operator> make_toy(OperatorName name) {
  if (name == OperatorName::task_scheduler) return std::make_unique<ToyScheduler>();
  return std::make_unique<ToyQueue>();
}

Result<void> run(std::string_view text) { return ScenarioRunner({.make = make_toy}).run(text); }

constexpr std::string_view kHourly = R"(
at 2026-01-01T00:00:00Z
create t1 every=1h
expect answer ok
attempts t1 takes=10m
)";

TEST(ScenarioRunner, tells_slots_runs_and_attempts_of_virtual_hours) {
  const auto done = run(std::string(kHourly) + R"(
    advance 2h30m
    expect status t1 SCHEDULED
    expect slot t1 01:00 STARTED on_time
    expect slot t1 02:00 STARTED
    expect slots t1 2
    expect runs t1 2
    expect run t1 2 COMPLETED attempt=1
    expect attempts t1 2
    expect next t1 03:00
  )");
  EXPECT_TRUE(done) << done.error().message;
}

TEST(ScenarioRunner, names_the_line_and_what_is_there_when_an_expectation_fails) {
  const auto done = run(std::string(kHourly) + "advance 1h\nexpect slot t1 01:00 STARTED_LATE\n");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("line 7"));
  EXPECT_THAT(done.error().message, HasSubstr("01:00 STARTED on_time"));
  EXPECT_FALSE(run(std::string(kHourly) + "expect status t1 FAILED"));
  EXPECT_FALSE(run(std::string(kHourly) + "expect status t2 SCHEDULED"));
}

TEST(ScenarioRunner, takes_the_process_down_and_up_and_the_disk_away) {
  const auto done = run(std::string(kHourly) + R"(
    down
    advance 90m
    expect slots t1 0
    up
    expect slots t1 1
    crash
    disk full
    pause t1
    expect answer storage-full
    disk free
    pause t1
    expect answer illegal-transition
  )");
  EXPECT_TRUE(done) << done.error().message;
}

TEST(ScenarioRunner, refuses_lines_it_cannot_read) {
  EXPECT_THAT(run("dance t1").error().message, HasSubstr("'dance' is no verb"));
  EXPECT_FALSE(run("advance soon"));
  EXPECT_FALSE(run("create t1 color=red"));
  EXPECT_EQ(run("create t1 {\"color\": 1}").error().code, ErrorCode::invalid_value);
}

}  // namespace
}  // namespace carillon
