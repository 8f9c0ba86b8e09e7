#include "codec/record_codec.h"

#include <gtest/gtest.h>

#include "base/wire.h"
#include "codec/json_document.h"
#include "domain/record/commands.h"
#include "domain/record/facts.h"
#include "domain/record/workflow_records.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr const char* kTask = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

JournalRecord record_of(RecordType type, Bytes payload) {
  return {.position = JournalPosition{12},
          .at = Instant::from_unix_ms(1'000),
          .to = OperatorName::task_scheduler,
          .key = Key(parse_uuid(kTask)->raw()),
          .type = type,
          .derived = false,
          .payload = std::move(payload)};
}

void expect_round_trip(const JournalRecord& record) {
  const auto line = journal_line(record);
  ASSERT_TRUE(line.has_value());
  const auto read = read_journal_line(*line);
  ASSERT_TRUE(read.has_value()) << read.error().message << " in " << *line;
  EXPECT_EQ(read->payload, record.payload) << *line;
  EXPECT_EQ(read->key, record.key);
  EXPECT_EQ(read->type, record.type);
  EXPECT_EQ(read->position, record.position);
}

TEST(RecordCodec, gives_back_a_create_command) {
  CreateTask command;
  command.header.by = "user \"1\"";
  command.definition.name = "é";
  command.definition.parameters = JsonText(R"({"n":9007199254740993})");
  command.definition.schedule.every = Duration::seconds(5);
  command.definition.retry.non_retryable = {"a", "b"};
  command.schedule = true;
  expect_round_trip(record_of(RecordType::create_task, to_wire(command)));
}

TEST(RecordCodec, nests_the_command_of_a_keyed_command) {
  const KeyedCommand keyed{.fingerprint = "f",
                           .target = Key(parse_uuid(kTask)->raw()),
                           .type = RecordType::pause_task,
                           .payload = to_wire(PauseTask{.reason = "why"})};
  JournalRecord record = record_of(RecordType::keyed_command, to_wire(keyed));
  record.to = OperatorName::command_deduplicator;
  record.key = "key-1";
  expect_round_trip(record);
  EXPECT_NE(journal_line(record)->find(R"("reason":"why")"), std::string::npos);
}

// Every record type has a struct: the empty payload of each goes out and comes back. A workflow has
// a run, whose number begins at 1, so its empty payload is no record.
TEST(RecordCodec, knows_every_record_type) {
  for (const auto& [type, word] : Words<RecordType>::rows) {
    if (type == RecordType::keyed_command || type == RecordType::workflow_started) continue;
    expect_round_trip(record_of(type, ""));
  }
  const WorkflowStarted started{.run = {.task = {}, .number = 1}};
  expect_round_trip(record_of(RecordType::workflow_started, to_wire(started)));
}

TEST(RecordCodec, knows_every_fact_type) {
  for (const auto& [type, word] : Words<FactType>::rows) {
    const auto json = fact_payload_json(type, "");
    ASSERT_TRUE(json.has_value()) << word;
    EXPECT_TRUE(JsonDocument::parse(*json).has_value()) << *json;
  }
}

TEST(RecordCodec, refuses_a_line_that_lacks_something) {
  EXPECT_EQ(read_journal_line("{}").error().code, ErrorCode::invalid_value);
  EXPECT_EQ(read_journal_line("{").error().code, ErrorCode::malformed_json);
}

}  // namespace
}  // namespace carillon
