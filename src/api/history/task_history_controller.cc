#include "api/history/task_history_controller.h"

#include <utility>

#include <fmt/format.h>

#include "api/events/fact_json.h"
#include "api/history/run_listing.h"
#include "api/messages/listing.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "base/json_writer.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

// The task of the address, if there is one; else the exchange was answered.
std::optional<TaskId> existing_task(Exchange& exchange) {
  const auto id = task_of(exchange);
  if (!id) {
    exchange.refuse(id.error());
    return std::nullopt;
  }
  const auto task = exchange.gateway().find_task(*id);
  if (!task) {
    exchange.refuse(task.error());
    return std::nullopt;
  }
  if (*task) return *id;
  exchange.refuse(no_such_task(exchange.parameter()));
  return std::nullopt;
}

}  // namespace

void TaskHistoryController::list_runs(Exchange exchange) {
  const auto task = existing_task(exchange);
  if (!task) return;
  Query query(exchange.request(), {"status", "filter", "pageSize", "pageToken"});
  answer_run_listing(exchange, query, *task);
}

void TaskHistoryController::list_events(Exchange exchange) {
  const auto task = existing_task(exchange);
  if (!task) return;
  Query query(exchange.request(), {"pageSize", "pageToken"});
  const Listing listing{.exchange = exchange, .name = "events\n" + to_text(*task)};
  const PageRequest wanted = listing.page(query);
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto page = exchange.gateway().list_task_facts(*task, wanted);
  if (!page) return exchange.refuse(page.error());
  Result<void> readable;
  std::string body = listing.json(*page, [&](std::string& out, const FactRecord& fact) {
    if (auto written = append_fact_json(out, fact); !written) readable = std::move(written);
  });
  if (!readable) return exchange.refuse(readable.error());
  exchange.send_json(std::move(body));
}

void TaskHistoryController::list_slots(Exchange exchange) {
  const auto task = existing_task(exchange);
  if (!task) return;
  Query query(exchange.request(), {"pageSize", "pageToken"});
  const Listing listing{.exchange = exchange, .name = "slots\n" + to_text(*task)};
  const PageRequest wanted = listing.page(query);
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto page = exchange.gateway().list_slots(*task, wanted);
  if (!page) return exchange.refuse(page.error());
  exchange.send_json(
      listing.json(*page, [](std::string& out, const SlotRow& slot) { append_json(out, slot); }));
}

}  // namespace carillon::api
