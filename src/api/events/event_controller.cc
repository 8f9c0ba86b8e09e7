#include "api/events/event_controller.h"

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "api/api_context.h"
#include "api/events/event_streams.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "base/text.h"
#include "codec/record_codec.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

// Whether operators read the topic: then it carries their records, else facts for the world.
bool is_input(Topic topic) {
  switch (topic) {
    case Topic::task_requests:
    case Topic::scheduled_tasks:
    case Topic::workflow_events:
      return true;
    case Topic::task_execution:
    case Topic::task_events:
    case Topic::task_responses:
    case Topic::task_notifications:
      return false;
  }
  std::unreachable();
}

Topic read_topic(Query& query) {
  const std::string_view typed = query.text("topic");
  if (typed.empty()) return Topic::task_events;
  if (const auto topic = from_word<Topic>(typed)) return *topic;
  query.refuse(ErrorCode::invalid_value,
               fmt::format("There is no topic '{}'.", escape_control(typed)),
               "One of: " + all_words<Topic>() + ".");
  return Topic::task_events;
}

std::optional<JournalPosition> read_position(Query& query, std::string_view typed) {
  if (typed.empty()) return std::nullopt;
  std::uint64_t position = 0;
  const char* end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data(), end, position);
  if (stop == end && error == std::errc()) return JournalPosition(position);
  query.refuse(ErrorCode::invalid_value,
               fmt::format("'{}' is no position in a topic.", escape_control(typed)),
               "Send the position of the last event you have, or 0 for all.");
  return std::nullopt;
}

struct EventPage {
  std::string items;
  JournalPosition next;
};

template <class Record, class ToJson>
Result<EventPage> page_of(const Result<std::vector<Record>>& records, JournalPosition after,
                          const ToJson& to_json) {
  if (!records) return fail(records.error());
  EventPage page{.next = after};
  for (const Record& record : *records) {
    const auto text = to_json(record);
    if (!text) return fail(text.error());
    if (!page.items.empty()) page.items.push_back(',');
    page.items += *text;
    page.next = record.position;
  }
  return page;
}

}  // namespace

void EventController::list(Exchange exchange) {
  Query query(exchange.request(), {"topic", "after", "limit"});
  const Topic topic = read_topic(query);
  const auto after = read_position(query, query.text("after")).value_or(JournalPosition(0));
  const std::uint64_t limit = query.number("limit", {.fallback = 100, .least = 1, .most = 1000});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const Gateway& gateway = exchange.gateway();
  const auto page = is_input(topic)
                        ? page_of(gateway.records_after(topic, after, limit), after, journal_line)
                        : page_of(gateway.facts_after(topic, after, limit), after, fact_event_json);
  if (!page) return exchange.refuse(page.error());
  exchange.send_json(
      fmt::format(R"({{"items":[{}],"nextAfter":{}}})", page->items, page->next.value()));
}

void EventController::stream(Exchange exchange) {
  Query query(exchange.request(), {"topic", "after"});
  const Topic topic = read_topic(query);
  // A browser that reconnects sends where it was, and its address still says where it began.
  const auto resumed = exchange.request().headers.find("Last-Event-ID");
  const auto after = read_position(query, resumed.value_or(query.text("after")));
  if (query.is_fine() && is_input(topic)) {
    query.refuse(ErrorCode::invalid_value,
                 fmt::format("{} carries records for operators and has no stream.", word_of(topic)),
                 fmt::format("Read it with GET /api/v1/events?topic={}.", word_of(topic)));
  }
  if (!query.is_fine()) return exchange.refuse(query.problem());
  ApiContext& context = exchange.context();
  // Taken before the head is sent: all that happens after the client sees the head is told.
  const JournalPosition begin = after ? *after : context.gateway.last_position();
  start_event_stream(exchange, context.tail.follow(topic, begin));
}

}  // namespace carillon::api
