#include "conformance/fact_maker.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr std::uint64_t kTasks = 40;

const std::vector<std::string> kNames{"Nightly report",
                                      "nightly REPORT",
                                      "Büro-Bericht",
                                      "BÜRO sauber",
                                      "ΑΝΑΦΟΡΑ",
                                      "quote \" and \\",
                                      "50% off",
                                      "a_b",
                                      "",
                                      "Отчёт"};
const std::vector<std::string> kTypes{"http", "noop", "Report"};
const std::vector<std::string> kTags{"etl", "ETL-slow", "x", "ночь"};
const std::vector<std::string> kPeople{"", "ann", "Bob"};
const std::vector<std::string> kQueues{"default", "slow"};
const std::vector<std::string> kTimes{"-2m", "-1m", "now", "+1m", "2026-01-01T00:00:30Z"};

// Parameter texts, each with the members it has as the filter language sees them.
struct MadeParameters {
  std::string text;
  std::vector<std::pair<std::string, std::string>> members;
};
const std::vector<MadeParameters> kParameters{
    {"", {}},
    {R"({"region":"eu","count":5})", {{"region", "eu"}, {"count", "5"}}},
    {R"({"region":["us","eu"],"deep":{"region":"EU"}})",
     {{"region", "us"}, {"region", "eu"}, {"deep.region", "EU"}}},
    {R"({"region":{"eu":true},"count":9007199254740993})", {{"count", "9007199254740993"}}},
    {R"({"region":null,"deep":{"region":true},"count":"5"})",
     {{"region", "null"}, {"deep.region", "true"}, {"count", "5"}}}};

}  // namespace

const std::string& FactMaker::pick(const std::vector<std::string>& values) {
  return values[below(values.size())];
}

// Within two minutes around kMadeNow, in steps that make ties common.
Instant FactMaker::moment() {
  return kMadeNow + Duration::seconds(static_cast<std::int64_t>(below(9)) * 30 - 120);
}

TaskDefinition FactMaker::definition() {
  TaskDefinition made;
  made.name = pick(kNames);
  made.description = pick(kNames);
  made.type = pick(kTypes);
  for (std::uint64_t i = below(3); i > 0; --i) made.tags.push_back(pick(kTags));
  made.created_by = pick(kPeople);
  made.assigned_to = pick(kPeople);
  made.queue = QueueName{pick(kQueues)};
  made.priority = static_cast<std::uint32_t>(below(10));
  made.parameters = JsonText(kParameters[below(kParameters.size())].text);
  if (below(8) == 0) {
    made.parent = TaskParent{.workflow_run = {.task = TaskId{}, .number = 1}, .step = "one"};
  }
  return made;
}

TaskRow FactMaker::row() {
  TaskRow made;
  made.status = static_cast<TaskStatus>(below(Words<TaskStatus>::rows.size()));
  made.created_at = moment();
  made.updated_at = moment();
  if (below(2) == 0) made.next_execution = moment();
  return made;
}

RunRow FactMaker::run(const TaskId& task) {
  RunRow made;
  made.id = {.task = task, .number = static_cast<std::uint32_t>(1 + below(6))};
  made.status = static_cast<RunStatus>(below(Words<RunStatus>::rows.size()));
  made.created_at = moment();
  made.due = made.created_at;
  made.started_at = moment();
  if (is_final(made.status)) made.ended_at = moment();
  return made;
}

SlotRow FactMaker::slot(const TaskId& task) {
  SlotRow made;
  made.id = {.task = task,
             .kind = static_cast<SeriesKind>(below(2)),
             .series = static_cast<std::uint32_t>(1 + below(2)),
             .nominal = moment()};
  made.first = made.id.nominal;
  if (below(4) != 0) made.last = made.first;
  made.disposition = static_cast<Disposition>(below(Words<Disposition>::rows.size()));
  made.decided_at = moment();
  return made;
}

FactRecord FactMaker::next() {
  Uuid raw;
  raw.bytes[0] = 0xab;
  raw.bytes[15] = static_cast<std::uint8_t>(below(kTasks));
  TaskFact fact;
  fact.task = TaskId{raw};
  const bool is_first = !versions_.contains(fact.task);
  std::uint64_t& version = versions_[fact.task];
  fact.version = TaskVersion{++version};
  FactRecord record;
  record.position = JournalPosition{position_ += 1 + below(3)};
  record.at = moment();
  record.entity = std::string(raw.raw());
  record.type = FactType::task_updated;
  if (is_first || below(6) == 0) fact.definition = definition();
  if (is_first || below(2) == 0) fact.row = row();
  if (below(3) == 0) fact.run = run(fact.task);
  if (below(4) == 0) fact.slot = slot(fact.task);
  if (below(5) == 0) fact.outcome = Outcome{JsonText("1"), "boom", pick(kNames)};
  if (!is_first && below(40) == 0) record.type = FactType::task_deleted;
  if (!is_first && below(60) == 0) record.type = FactType::task_purged;
  if (record.type == FactType::task_purged) purged_.insert(fact.task);
  if (purged_.contains(fact.task)) fact.definition.reset();
  record.payload = to_wire(fact);
  return record;
}

std::vector<TaskId> FactMaker::tasks() const {
  std::vector<TaskId> list;
  for (const auto& [task, version] : versions_) list.push_back(task);
  return list;
}

std::string FactMaker::term_text() {
  static const std::vector<std::string> kTerms{"nightly",
                                               "BERICHT",
                                               "büro",
                                               "αναφορά",
                                               "отч",
                                               "no",
                                               "x",
                                               "%",
                                               "_",
                                               "\"\\\"\"",
                                               "\"\\\\\"",
                                               "ab000000",
                                               "name:\"NIGHTLY report\"",
                                               "name~ly",
                                               "name~\"ly rep\"",
                                               "name:\"\"",
                                               "description~büro",
                                               "status:failed",
                                               "status:created,running,paused",
                                               "type:http",
                                               "type:report,noop",
                                               "type~po",
                                               "type~ttp",
                                               "queue:slow",
                                               "queue~low",
                                               "tag:etl",
                                               "tag:x",
                                               "tag:etl,ночь",
                                               "tag~etl",
                                               "tag~sl",
                                               "tag:\"\"",
                                               "createdBy:ANN",
                                               "createdBy~bo",
                                               "assignedTo:\"\"",
                                               "assignedTo~o",
                                               "id:ab000000-0000-0000-0000-000000000003",
                                               "id:3",
                                               "id~0000-000000000005",
                                               "priority>=5",
                                               "priority:3",
                                               "priority<2",
                                               "parent:any",
                                               "parent:00000000-0000-0000-0000-000000000000.1",
                                               "parent:00000000-0000-0000-0000-000000000000.2",
                                               "param.region:eu",
                                               "param.region~E",
                                               "param.count:5",
                                               "param.count:9007199254740993",
                                               "param.deep.region:true,EU",
                                               "param.region:null",
                                               "param.deep:true",
                                               "param.nothing:1"};
  static const std::vector<std::string> kKeys{"created", "updated", "next"};
  static const std::vector<std::string> kSigns{"<", "<=", ">", ">="};
  if (below(5) == 0) return pick(kKeys) + pick(kSigns) + pick(kTimes);
  return pick(kTerms);
}

std::string FactMaker::filter_text() {
  const std::string joiner = below(2) == 0 ? " " : " OR ";
  std::string text;
  for (std::uint64_t i = 1 + below(3); i > 0; --i) {
    if (!text.empty()) text += joiner;
    if (below(4) == 0) text += "-";
    text += below(4) == 0 ? "(" + term_text() + " OR " + term_text() + ")" : term_text();
  }
  return text;
}

bool made_parameter_matches(const JsonText& parameters, const FilterTerm& term,
                            const std::string& value) {
  const auto lowered = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  };
  for (const MadeParameters& made : kParameters) {
    if (made.text != parameters.text()) continue;
    return std::any_of(made.members.begin(), made.members.end(), [&](const auto& member) {
      if (member.first != term.parameter) return false;
      if (term.relation == FilterRelation::equals) return member.second == value;
      return lowered(member.second).find(lowered(value)) != std::string::npos;
    });
  }
  return false;
}

}  // namespace carillon
