#include "api/tasks/task_controller.h"

#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/api_context.h"
#include "api/messages/command_answer.h"
#include "api/messages/entity_tag.h"
#include "api/messages/listing.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "base/text.h"
#include "codec/task_codec.h"
#include "domain/filter/filter.h"

namespace carillon::api {
namespace {

struct OrderRow {
  std::string_view text;
  TaskOrder order;
};

constexpr std::array kOrders{
    OrderRow{"createdAt desc", TaskOrder::created_desc},
    OrderRow{"createdAt asc", TaskOrder::created_asc},
    OrderRow{"createdAt", TaskOrder::created_asc},
    OrderRow{"updatedAt desc", TaskOrder::updated_desc},
    OrderRow{"name asc", TaskOrder::name_asc},
    OrderRow{"name", TaskOrder::name_asc},
    OrderRow{"nextExecutionTime asc", TaskOrder::next_execution_asc},
    OrderRow{"nextExecutionTime", TaskOrder::next_execution_asc},
};

TaskOrder read_order(Query& query) {
  const std::string_view typed = trimmed(query.text("orderBy"));
  if (typed.empty()) return TaskOrder::created_desc;
  for (const OrderRow& row : kOrders) {
    if (row.text == typed) return row.order;
  }
  query.refuse(ErrorCode::invalid_value,
               fmt::format("Tasks cannot be ordered by '{}'.", escape_control(typed)),
               "Write createdAt desc, createdAt asc, updatedAt desc, name or nextExecutionTime.");
  return TaskOrder::created_desc;
}

// The task that the address names, or none: then the exchange was answered.
std::optional<TaskSnapshot> read_task(Exchange& exchange) {
  if (const Query query(exchange.request(), {}); !query.is_fine()) {
    exchange.refuse(query.problem());
    return std::nullopt;
  }
  const auto id = task_of(exchange);
  if (!id) {
    exchange.refuse(id.error());
    return std::nullopt;
  }
  auto task = exchange.gateway().find_task(*id);
  if (!task) {
    exchange.refuse(task.error());
    return std::nullopt;
  }
  if (!*task) exchange.refuse(no_such_task(exchange.parameter()));
  return *std::move(task);
}

// Answers with the body, or with 304 when the client has this version already.
void send_tagged(Exchange& exchange, TaskVersion version, std::string body) {
  http::Response response{.status = 200, .body = std::move(body)};
  const auto condition = exchange.request().headers.find("If-None-Match");
  if (condition && none_match_fails(*condition, version)) {
    response = {.status = 304, .content_type = ""};
  }
  response.with("ETag", entity_tag(version));
  // Without this a cache would have to ask for no-store, which forbids conditions altogether.
  response.with("Cache-Control", "no-cache");
  exchange.send(std::move(response));
}

}  // namespace

void TaskController::create(Exchange exchange) {
  Query query(exchange.request(), {"schedule"});
  const Switch schedule = query.flag("schedule");
  if (!query.is_fine()) return exchange.refuse(query.problem());
  auto caller = caller_of(exchange);
  if (!caller) return exchange.refuse(caller.error());
  const auto body = body_of(exchange.request(), BodyForm::json);
  if (!body) return exchange.refuse(body.error());
  auto definition = read_task_definition(*body);
  if (!definition) return exchange.refuse(problem_of(std::move(definition.error())));

  Gateway& gateway = exchange.gateway();
  WorkQueue* const home = exchange.home();
  gateway.create({.definition = *std::move(definition),
                  .arm = schedule == Switch::on ? ArmOnCreate::yes : ArmOnCreate::no,
                  .caller = *std::move(caller),
                  .answer_on = home},
                 [exchange = std::move(exchange)](CommandOutcome outcome) mutable {
                   answer_command(std::move(exchange), std::move(outcome), SuccessForm::created);
                 });
}

void TaskController::find(Exchange exchange) {
  const auto task = read_task(exchange);
  if (!task) return;
  std::string body;
  append_task_json(body, *task);
  send_tagged(exchange, task->row.version, std::move(body));
}

void TaskController::find_status(Exchange exchange) {
  const auto task = read_task(exchange);
  if (!task) return;
  send_tagged(exchange, task->row.version, task_status_json(*task));
}

void TaskController::list(Exchange exchange) {
  Query query(exchange.request(), {"filter", "orderBy", "pageSize", "pageToken"});
  const Listing listing{
      .exchange = exchange,
      .name = fmt::format("tasks\n{}\n{}", query.text("filter"), query.text("orderBy"))};
  TaskQuery wanted{.order = read_order(query), .page = listing.page(query)};
  if (auto filter = parse_filter(query.text("filter"), exchange.gateway().now()); !filter) {
    query.refuse(std::move(filter.error()));
  } else if (!trimmed(query.text("filter")).empty()) {
    wanted.filter = *std::move(filter);
  }
  if (!query.is_fine()) return exchange.refuse(query.problem());

  const auto page = exchange.gateway().list_tasks(wanted);
  if (!page) return exchange.refuse(page.error());
  exchange.send_json(listing.json(
      *page, [](std::string& out, const TaskSnapshot& task) { append_task_json(out, task); }));
}

void TaskController::update(Exchange exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto task = task_of(exchange);
  if (!task) return exchange.refuse(task.error());
  auto caller = caller_of(exchange);
  if (!caller) return exchange.refuse(caller.error());
  const auto body = body_of(exchange.request(), BodyForm::merge_patch);
  if (!body) return exchange.refuse(body.error());

  Gateway& gateway = exchange.gateway();
  // The change may be computed again after this function has returned, so it keeps the patch.
  gateway.update(
      *task,
      [patch = std::string(*body)](const TaskSnapshot& before) {
        return patched_definition(before, patch);
      },
      *std::move(caller),
      [exchange = std::move(exchange)](CommandOutcome outcome) mutable {
        answer_command(std::move(exchange), std::move(outcome), SuccessForm::task);
      });
}

}  // namespace carillon::api
