// A recorded journal is a bug report: exported as text, read back and replayed, it tells the same
// facts and leads to the same state.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/zoneinfo/system_zones.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "codec/record_codec.h"
#include "core/operators.h"
#include "domain/record/commands.h"
#include "domain/words.h"
#include "runtime/replay/replay_host.h"
#include "tests/sim/sim_host.h"

namespace carillon {
namespace {

class RecordedWorld {
 public:
  explicit RecordedWorld(std::uint64_t seed)
      : host_({.seed = seed, .make = make_operator, .zones = &zones_}) {}

  template <class Command>
  void tell(const TaskId& task, RecordType type, Command command) {
    command.header.id = CommandId(host_.entropy().uuid(host_.clock().wall()));
    ASSERT_TRUE(
        host_.ask(OperatorName::task_scheduler, Key(task.value().raw()), type, to_wire(command)));
  }

  TaskId create(TaskDefinition definition) {
    const TaskId task(host_.entropy().uuid(host_.clock().wall()));
    tell(task, RecordType::create_task,
         CreateTask{.definition = std::move(definition), .schedule = true});
    return task;
  }

  [[nodiscard]] SimHost& host() { return host_; }
  [[nodiscard]] const SystemZones& zones() const { return zones_; }

 private:
  SystemZones zones_;
  SimHost host_;
};

TaskDefinition cron(std::string name, std::string expression) {
  TaskDefinition definition{.name = std::move(name)};
  definition.schedule.cron_expression = std::move(expression);
  definition.schedule.time_zone = "Europe/Berlin";
  return definition;
}

// Schedules, retries, a workflow, commands, a kill and an outage.
void play(RecordedWorld& world) {
  SimHost& host = world.host();
  host.executor().plan("flaky", {{.kind = FinishKind::failed, .outcome = {.error_code = "boom"}},
                                 {.takes = Duration::minutes(3)}});
  host.executor().plan("long", {{.takes = Duration::hours(2)}});
  TaskDefinition flaky = cron("flaky", "0 */10 * * * *");
  flaky.max_retries = 2;
  flaky.jitter = Duration::seconds(30);
  const TaskId first = world.create(flaky);
  const TaskId second = world.create(cron("long", "0 0 * * * *"));
  TaskDefinition workflow{.name = "etl", .type = "workflow", .lane = Lane::workflow};
  workflow.workflow = WorkflowSpec{
      .steps = {{.name = "a", .type = "noop"}, {.name = "b", .depends_on = {"a"}, .type = "noop"}}};
  world.create(workflow);
  host.advance(Duration::minutes(45));
  world.tell(first, RecordType::pause_task, PauseTask{.reason = "maintenance"});
  host.advance(Duration::hours(1));
  host.crash_and_restart();
  host.settle();
  world.tell(first, RecordType::resume_task, ResumeTask{});
  host.crash();
  host.advance(Duration::hours(5));
  host.start();
  host.settle();
  world.tell(second, RecordType::cancel_task, CancelTask{});
  host.advance(Duration::hours(1));
}

std::uint64_t state_hash(const SimDisk& disk) {
  Bytes all;
  for (const auto& [key, value] : disk.state) {
    all.push_back(static_cast<char>(key.op));
    all += key.key;
    wire::put_varint(all, key.subkey);
    wire::put_varint(all, value.size());
    all += value;
  }
  return siphash_2_4(all);
}

// All of a fact but where it stands in the store.
std::string content(const FactRecord& fact) {
  return fmt::format("{} {} {} {} {}", fact.at.unix_ms(), static_cast<int>(fact.topic),
                     word_of(fact.type), fact.entity, fact.payload);
}

class ReplayTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ReplayTest, an_exported_journal_tells_the_same_facts_and_leads_to_the_same_state) {
  RecordedWorld world(GetParam());
  play(world);
  std::vector<std::string> recorded;
  for (const FactRecord& fact : world.host().facts()) recorded.push_back(content(fact));
  ASSERT_GT(recorded.size(), 100U);

  std::vector<std::string> replayed;
  ReplayHost replay(world.zones(),
                    [&](const FactRecord& fact) { replayed.push_back(content(fact)); });
  for (const auto& [position, record] : world.host().disk().journal) {
    const auto line = journal_line(record);
    ASSERT_TRUE(line) << line.error().message;
    const auto read = read_journal_line(*line);
    ASSERT_TRUE(read) << read.error().message << "\n" << *line;
    EXPECT_EQ(*read, record) << *line;
    EXPECT_TRUE(replay.step(*read));
  }

  ASSERT_EQ(replayed.size(), recorded.size());
  for (std::size_t i = 0; i < recorded.size(); ++i) ASSERT_EQ(replayed[i], recorded[i]) << i;
  EXPECT_EQ(replay.state_hash(), state_hash(world.host().disk()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplayTest, testing::Values(1U, 2U, 3U, 7U));

}  // namespace
}  // namespace carillon
