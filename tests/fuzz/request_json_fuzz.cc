// Any text as every body that the API takes: refused with a bounded list of faults, each with its
// place, or read to a value that is shown, read back and valid in the same way.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>

#include "api/messages/command_bodies.h"
#include "base/check.h"
#include "base/text.h"
#include "codec/json_document.h"
#include "codec/record_codec.h"
#include "codec/task_codec.h"
#include "domain/limits.h"
#include "domain/zone/zone_source.h"

namespace {

using namespace carillon;

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);

class OnlyUtc final : public ZoneSource {
 public:
  const ZoneRules* find(std::string_view name, std::string_view) const override {
    return name == "UTC" ? &ZoneRules::utc() : nullptr;
  }
  std::string_view fingerprint(std::string_view) const override { return {}; }
  std::span<const std::string_view> names() const override { return kNames; }

 private:
  static constexpr std::array<std::string_view, 1> kNames{"UTC"};
};

void check_faults(const JsonFaults& faults) {
  CARILLON_CHECK(!faults.empty() && faults.size() <= limits::kFaults, "a bounded list of faults");
  for (const Error& fault : faults) {
    CARILLON_CHECK(!fault.message.empty(), "a fault says what is wrong");
    CARILLON_CHECK(fault.pointer.empty() || fault.pointer.starts_with('/'), "and where");
    CARILLON_CHECK(is_utf8(fault.message) && is_utf8(fault.hint), "in text that can be shown");
  }
}

// A general parser, which forgives more, must see the same value.
void check_document(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  if (!document) {
    CARILLON_CHECK(document.error().code == ErrorCode::malformed_json, "no JSON is called so");
    return;
  }
  const std::string minified = carillon::minified(document->root());
  const auto again = JsonDocument::parse(minified);
  CARILLON_CHECK(again && carillon::minified(again->root()) == minified, "the short form stays");
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code error;
  const auto general = boost::json::parse(text, error, {}, options);
  CARILLON_CHECK(!error, "the general parser takes it");
  // Numbers with a fraction may differ in their last digit between the two.
  if (text.find_first_of(".eE") != std::string_view::npos) return;
  CARILLON_CHECK(boost::json::parse(minified) == general, "and sees the same");
}

TaskSnapshot snapshot_of(const TaskDefinition& definition) {
  TaskSnapshot task;
  task.definition = definition;
  return task;
}

void check_shown(const TaskDefinition& definition) {
  std::string shown;
  append_task_json(shown, snapshot_of(definition));
  auto again = read_task_definition(shown);
  CARILLON_CHECK(again.has_value(), shown);
  // Whether the dialect was named can be seen only in a definition that has an expression.
  if (!definition.schedule.has_cron()) {
    again->schedule.cron_dialect = definition.schedule.cron_dialect;
  }
  CARILLON_CHECK(*again == definition, shown);
}

void check_definition(TaskDefinition definition) {
  const ValidatedDefinition checked = validate_definition(definition, OnlyUtc(), kNow);
  if (!checked.errors.empty()) return check_faults(checked.errors);
  check_shown(definition);
  const auto unchanged = patched_definition(snapshot_of(definition), "{}");
  CARILLON_CHECK(unchanged.has_value(), "an empty patch is legal");
  CARILLON_CHECK(unchanged->name == definition.name, "and changes nothing");
}

void check_create(std::string_view text) {
  const auto definition = read_task_definition(text);
  if (!definition) return check_faults(definition.error());
  check_definition(*definition);
}

void check_batch(std::string_view text) {
  const auto batch = read_task_definitions(text);
  if (!batch) return check_faults(batch.error());
  CARILLON_CHECK(batch->size() <= limits::kBatchItems, "a bounded number of tasks");
  for (const auto& item : *batch) {
    if (item) {
      check_definition(*item);
    } else {
      check_faults(item.error());
    }
  }
}

void check_patch(std::string_view text) {
  TaskDefinition definition;
  definition.name = "before";
  definition.tags = {"a", "b"};
  definition.parameters =
      JsonText(R"({"type":"http","a":{"b":[1,2],"c":null},"d":9007199254740993})");
  definition.type = "http";
  const auto patched = patched_definition(snapshot_of(definition), text);
  if (!patched) return check_faults(patched.error());
  std::string shown;
  append_task_json(shown, snapshot_of(*patched));
  // A patch says how things are afterwards, so that it can be repeated.
  const auto again = patched_definition(snapshot_of(*patched), text);
  CARILLON_CHECK(again.has_value(), shown);
  std::string repeated;
  append_task_json(repeated, snapshot_of(*again));
  CARILLON_CHECK(repeated == shown, shown + repeated);
}

template <class Body>
void check_body(std::string_view text) {
  if (const auto body = api::read_body<Body>(text); !body) check_faults(body.error());
}

void check_journal_line(std::string_view text) {
  const auto record = read_journal_line(text);
  if (!record) {
    CARILLON_CHECK(!record.error().message.empty(), "a fault says what is wrong");
    return;
  }
  const auto line = journal_line(*record);
  CARILLON_CHECK(line.has_value(), "a record that was read can be written");
  const auto again = read_journal_line(*line);
  CARILLON_CHECK(again.has_value(), *line);
  CARILLON_CHECK(to_wire(*again) == to_wire(*record), *line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_document(text);
  check_create(text);
  check_batch(text);
  check_patch(text);
  check_journal_line(text);
  check_body<api::ScheduleBody>(text);
  check_body<api::PauseBody>(text);
  check_body<api::CancelBody>(text);
  check_body<api::RunBody>(text);
  check_body<api::EmptyBody>(text);
  check_body<api::StatusBody>(text);
  check_body<api::ExplainBody>(text);
  check_body<api::BackupBody>(text);
  return 0;
}
