#include "api/tasks/task_batch_controller.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/http/problem.h"
#include "api/messages/command_answer.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "codec/task_codec.h"
#include "domain/limits.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

enum class BatchMode : std::uint8_t { all, each };

// Room for an answer, so that it grows once at the most.
constexpr std::size_t kHeadBytes = 64;
constexpr std::size_t kItemBytes = 2'048;

using Definitions = std::vector<std::expected<TaskDefinition, JsonFaults>>;

struct BatchItem {
  std::optional<Problem> problem;         // Found before the gateway was asked.
  std::optional<CommandOutcome> outcome;  // The gateway's.
};

// A batch on its way: the items by their place, and which of them the gateway was asked for.
struct Batch {
  BatchMode mode = BatchMode::all;
  std::vector<BatchItem> items;
  std::vector<std::size_t> asked;
};

BatchMode read_mode(Query& query) {
  const std::string_view typed = query.text("mode");
  if (typed == "each") return BatchMode::each;
  if (!typed.empty() && typed != "all") {
    query.refuse(ErrorCode::invalid_value,
                 fmt::format("mode is '{}'; all or each is expected.", escape_control(typed)));
  }
  return BatchMode::all;
}

// The faults of all items as one problem whose pointers begin with the item's place.
void refuse_all(Exchange& exchange, const Batch& batch) {
  std::vector<Error> faults;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    if (!batch.items[i].problem) continue;
    const Problem& problem = *batch.items[i].problem;
    std::vector<Error> found = problem.details;
    if (found.empty()) found.push_back(problem.error);
    for (Error& fault : found) {
      fault.pointer = fmt::format("/tasks/{}{}", i, fault.pointer);
      faults.push_back(std::move(fault));
    }
  }
  exchange.refuse(problem_of(std::move(faults)));
}

void append_outcome(std::string& out, const CommandResult& result) {
  out += R"("status":201,"task":)";
  if (result.task) {
    append_task_json(out, *result.task, result.warnings);
  } else {
    out += "null";
  }
  out += R"(,"problem":null)";
}

void append_problem(std::string& out, const Problem& problem, const http::Request& request) {
  out += fmt::format(R"("status":{},"task":null,"problem":)",
                     error_info(problem.error.code).http_status);
  out += http::problem_document(
      problem.error,
      {.instance = request.path(), .request_id = request.id, .details = problem.details});
}

// The problem of an item, wherever it was found.
std::optional<Problem> problem_of_item(const BatchItem& item) {
  if (item.problem) return item.problem;
  if (!*item.outcome) return item.outcome->error();
  if ((*item.outcome)->answer->problem) return problem_of_answer(*(*item.outcome)->answer);
  return std::nullopt;
}

// The first problem, where one means that nothing was stored.
std::optional<Problem> problem_of_all(const Batch& batch) {
  if (batch.mode != BatchMode::all) return std::nullopt;
  for (const BatchItem& item : batch.items) {
    if (auto problem = problem_of_item(item)) return problem;
  }
  return std::nullopt;
}

bool is_created(const BatchItem& item) {
  return !item.problem && *item.outcome && !(*item.outcome)->answer->problem;
}

void append_item(std::string& out, const BatchItem& item, const http::Request& request) {
  if (const auto problem = problem_of_item(item)) {
    append_problem(out, *problem, request);
  } else {
    append_outcome(out, **item.outcome);
  }
}

void answer_batch(Exchange exchange, const Batch& batch) {
  if (const auto problem = problem_of_all(batch)) return exchange.refuse(*problem);
  const auto created = static_cast<std::size_t>(std::ranges::count_if(batch.items, is_created));
  http::Response response{
      .status = static_cast<std::uint16_t>(created == batch.items.size() ? 201 : 200), .body = {}};
  response.body.reserve(kHeadBytes + batch.items.size() * kItemBytes);
  fmt::format_to(std::back_inserter(response.body), R"({{"created":{},"failed":{},"items":[)",
                 created, batch.items.size() - created);
  std::size_t replayed = 0;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    const BatchItem& item = batch.items[i];
    fmt::format_to(std::back_inserter(response.body), R"({}{{"index":{},)", i == 0 ? "" : ",", i);
    append_item(response.body, item, exchange.request());
    response.body.push_back('}');
    if (is_created(item) && (*item.outcome)->answer->replayed) ++replayed;
  }
  response.body += "]}";
  if (created > 0 && replayed == created) response.with("Idempotency-Replayed", "true");
  exchange.send(std::move(response));
}

// Each item has its own key, so that a repeat gives each its first answer.
Caller caller_of_item(const Caller& caller, std::size_t index) {
  Caller own = caller;
  if (own.request_key) own.request_key->key += fmt::format("#{}", index);
  return own;
}

void submit(Exchange exchange, Batch batch, std::vector<CreateRequest> requests) {
  if (requests.empty()) return answer_batch(std::move(exchange), batch);
  Gateway& gateway = exchange.gateway();
  gateway.create_many(std::move(requests),
                      [exchange = std::move(exchange),
                       batch = std::move(batch)](std::vector<CommandOutcome> outcomes) mutable {
                        for (std::size_t i = 0; i < outcomes.size(); ++i) {
                          batch.items[batch.asked[i]].outcome = std::move(outcomes[i]);
                        }
                        answer_batch(std::move(exchange), batch);
                      });
}

// The definitions of the body, or the problem.
std::expected<Definitions, Problem> read_batch(const Exchange& exchange) {
  const auto body = body_of(exchange.request(), BodyForm::json);
  if (!body) return std::unexpected(problem_of({body.error()}));
  auto definitions = read_task_definitions(*body);
  if (!definitions) return std::unexpected(problem_of(std::move(definitions.error())));
  return *std::move(definitions);
}

// The problem of a request that must not be stored; in mode each the gateway finds it itself.
std::optional<Problem> check_item(const Exchange& exchange, CreateRequest& request) {
  auto faults = exchange.gateway().check(request);
  if (faults.empty()) return std::nullopt;
  return problem_of(std::move(faults));
}

}  // namespace

void TaskBatchController::create(Exchange exchange) {
  Query query(exchange.request(), {"mode", "schedule"});
  Batch batch{.mode = read_mode(query), .items = {}, .asked = {}};
  const ArmOnCreate arm = query.flag("schedule") == Switch::on ? ArmOnCreate::yes : ArmOnCreate::no;
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto caller = caller_of(exchange);
  if (!caller) return exchange.refuse(caller.error());
  auto definitions = read_batch(exchange);
  if (!definitions) return exchange.refuse(definitions.error());

  std::vector<CreateRequest> requests;
  requests.reserve(definitions->size());
  batch.items.reserve(definitions->size());
  bool all_are_valid = true;
  for (auto& definition : *definitions) {
    const std::size_t index = batch.items.size();
    BatchItem& item = batch.items.emplace_back();
    if (!definition) {
      item.problem = problem_of(std::move(definition.error()));
      all_are_valid = false;
      continue;
    }
    CreateRequest& request =
        requests.emplace_back(CreateRequest{.definition = *std::move(definition),
                                            .arm = arm,
                                            .caller = caller_of_item(*caller, index)});
    if (batch.mode == BatchMode::all) item.problem = check_item(exchange, request);
    all_are_valid = all_are_valid && !item.problem;
    batch.asked.push_back(index);
  }
  if (batch.mode == BatchMode::all && !all_are_valid) return refuse_all(exchange, batch);
  submit(std::move(exchange), std::move(batch), std::move(requests));
}

void TaskBatchController::validate(Exchange exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto body = body_of(exchange.request(), BodyForm::json);
  if (!body) return exchange.refuse(body.error());
  auto definition = read_task_definition(*body);
  ValidatedDefinition checked;
  if (definition) {
    checked = exchange.gateway().check(*definition);
  } else {
    checked.errors = std::move(definition.error());
    // A body that is no JSON is not an invalid definition; it is none.
    if (checked.errors.front().code == ErrorCode::malformed_json) {
      return exchange.refuse(problem_of(std::move(checked.errors)));
    }
  }
  std::string out =
      checked.errors.empty() ? R"({"valid":true,"errors":[)" : R"({"valid":false,"errors":[)";
  for (const Error& error : checked.errors) {
    if (out.back() != '[') out.push_back(',');
    out += R"({"pointer":)" + to_json(error.pointer);
    out += R"(,"detail":)" + to_json(error.message);
    out += fmt::format(R"(,"code":"{}")", error_info(error.code).word);
    out += R"(,"hint":)" + to_json(error.hint);
    out += R"(,"column":)" + to_json(error.column) + "}";
  }
  out += R"(],"warnings":[)";
  for (const DefinitionWarning& warning : checked.warnings) {
    if (out.back() != '[') out.push_back(',');
    out += R"({"code":)" + to_json(warning.code);
    out += R"(,"message":)" + to_json(warning.message);
    out += R"(,"hint":)" + to_json(warning.hint) + "}";
  }
  exchange.send_json(out + "]}");
}

}  // namespace carillon::api
