#include "api/history/run_controller.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "api/api_context.h"
#include "api/events/event_streams.h"
#include "api/history/run_listing.h"
#include "api/history/run_log.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace carillon::api {
namespace {

constexpr std::uint32_t kAttemptMax = 1'000'000;

// The run of the address, or none: then the exchange was answered.
std::optional<RunListItem> read_run(Exchange& exchange) {
  const auto id = parse_run_id(exchange.parameter());
  if (id) {
    auto run = exchange.gateway().find_run(*id);
    if (!run) {
      exchange.refuse(run.error());
      return std::nullopt;
    }
    if (*run) return *std::move(run);
  }
  exchange.refuse(Error{.code = ErrorCode::not_found,
                        .message = fmt::format("There is no run {}.",
                                               escape_control(exchange.parameter().substr(0, 80))),
                        .hint = "List the runs with GET /api/v1/runs."});
  return std::nullopt;
}

// Where to begin: behind `A.S`, or behind line S of the attempt that was asked for.
LogPlace read_place(Query& query, std::string_view typed, std::optional<std::uint32_t> attempt) {
  LogPlace place{.attempt = attempt.value_or(1), .sequence = 0};
  if (typed.empty()) return place;
  if (const auto read = parse_log_place(typed)) return *read;
  const char* end = typed.data() + typed.size();
  if (attempt && std::from_chars(typed.data(), end, place.sequence).ptr == end) return place;
  query.refuse(ErrorCode::invalid_value,
               fmt::format("'{}' is no place in a log.", escape_control(typed)),
               "Send nextAfter of the page before, such as 1.200.");
  return place;
}

RunLogQuery read_log_query(Query& query, const Exchange& exchange, const RunId& run) {
  RunLogQuery wanted{.run = run};
  if (!query.text("attempt").empty()) {
    wanted.attempt = static_cast<std::uint32_t>(
        query.number("attempt", {.fallback = 1, .least = 1, .most = kAttemptMax}));
  }
  // A browser that reconnects sends where it was, and its address still says where it began.
  const auto resumed = exchange.request().headers.find("Last-Event-ID");
  wanted.after = read_place(query, resumed.value_or(query.text("after")), wanted.attempt);
  wanted.limit = query.number("limit", {.fallback = 1000, .least = 1, .most = 1000});
  return wanted;
}

void send_page(Exchange& exchange, const RunLogQuery& query, const RunRow& run) {
  const auto lines = read_run_log(exchange.gateway(), query, run.attempt);
  if (!lines) return exchange.refuse(lines.error());
  std::string out = R"({"items":[)";
  for (const RunLogLine& line : *lines) {
    if (out.back() != '[') out.push_back(',');
    append_log_line_json(out, line);
  }
  const LogPlace next = lines->empty() ? query.after
                                       : LogPlace{.attempt = lines->back().attempt,
                                                  .sequence = lines->back().line.sequence};
  exchange.send_json(out + fmt::format(R"(],"nextAfter":"{}"}})", to_text(next)));
}

}  // namespace

void RunController::list(Exchange exchange) {
  Query query(exchange.request(), {"task", "status", "filter", "pageSize", "pageToken"});
  const std::string_view typed = query.text("task");
  const auto task = parse_task_id(typed);
  if (!typed.empty() && !task) {
    query.refuse(ErrorCode::invalid_value,
                 fmt::format("task is '{}', which is no task id.", escape_control(typed)));
  }
  answer_run_listing(exchange, query, task);
}

void RunController::find(Exchange exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto run = read_run(exchange);
  if (!run) return;
  std::string out;
  append_run_json(out, *run);
  exchange.send_json(std::move(out));
}

void RunController::read_logs(Exchange exchange) {
  const auto run = read_run(exchange);
  if (!run) return;
  Query query(exchange.request(), {"attempt", "after", "limit", "follow"});
  const RunLogQuery wanted = read_log_query(query, exchange, run->run.id);
  const Switch follow = query.flag("follow");
  if (!query.is_fine()) return exchange.refuse(query.problem());
  if (follow == Switch::off) return send_page(exchange, wanted, run->run);
  ApiContext& context = exchange.context();
  start_event_stream(exchange, follow_run_log(context.gateway, wanted, context.log_poll));
}

}  // namespace carillon::api
