#include "api/history/run_listing.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/messages/listing.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

std::string upper_ascii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

void read_statuses(Query& query, std::string_view words, std::vector<RunStatus>& statuses) {
  for (const std::string_view word : split(words, ',')) {
    const auto status = from_word<RunStatus>(upper_ascii(trimmed(word)));
    if (!status) {
      return query.refuse(ErrorCode::invalid_value,
                          fmt::format("'{}' is not a run's status.", escape_control(word)),
                          "One of: " + all_words<RunStatus>() + ".");
    }
    statuses.push_back(*status);
  }
}

std::vector<RunStatus> statuses_of(Query& query) {
  std::vector<RunStatus> statuses;
  if (const std::string_view words = query.text("status"); !words.empty()) {
    read_statuses(query, words, statuses);
  }
  const std::string_view filter = trimmed(query.text("filter"));
  constexpr std::string_view kStatusKey = "status:";
  if (filter.starts_with(kStatusKey) && filter.find_first_of(" ()\"") == std::string_view::npos) {
    read_statuses(query, filter.substr(kStatusKey.size()), statuses);
  } else if (!filter.empty()) {
    query.refuse(ErrorCode::bad_filter, "Runs can be filtered by their status only.",
                 "Write status:failed,running.");
  }
  return statuses;
}

}  // namespace

void append_run_json(std::string& out, const RunListItem& item) {
  out.push_back('{');
  append_json_members(out, item.run);
  out += R"(,"taskId":)";
  append_json(out, item.run.id.task);
  out += R"(,"taskName":)";
  append_json(out, item.task_name);
  out += R"(,"type":)";
  append_json(out, item.type);
  out.push_back('}');
}

void answer_run_listing(Exchange& exchange, Query& query, const std::optional<TaskId>& task) {
  const Listing listing{.exchange = exchange,
                        .name = fmt::format("runs\n{}\n{}\n{}", task ? to_text(*task) : "",
                                            query.text("status"), query.text("filter"))};
  RunQuery wanted{.task = task, .statuses = statuses_of(query), .page = listing.page(query)};
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto page = exchange.gateway().list_runs(wanted);
  if (!page) return exchange.refuse(page.error());
  exchange.send_json(listing.json(*page, append_run_json));
}

}  // namespace carillon::api
