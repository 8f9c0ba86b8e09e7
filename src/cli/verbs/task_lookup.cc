#include "cli/verbs/task_lookup.h"

#include <algorithm>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/uuid.h"
#include "cli/output/json_read.h"

namespace carillon::cli {
namespace {

constexpr std::size_t kPageSize = 500;

std::string quoted_for_filter(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

std::string task_path(std::string_view id, std::string_view rest) {
  return fmt::format("/api/v1/tasks/{}{}", encode_url_part(id), rest);
}

std::string run_path(std::string_view id, std::string_view rest) {
  return fmt::format("/api/v1/runs/{}{}", encode_url_part(id), rest);
}

CliResult<std::string> find_task(Session& session, std::string_view id_or_name) {
  if (parse_uuid(id_or_name)) return std::string(id_or_name);
  Target target("/api/v1/tasks");
  target.with("filter", "name~" + quoted_for_filter(id_or_name));
  const auto items = read_list(session, target, 0);
  if (!items) return give_up(items.error());
  std::vector<std::string> ids;
  for (const boost::json::value& task : *items) {
    if (text_at(task, "/name") == id_or_name) ids.push_back(text_at(task, "/id"));
  }
  if (ids.empty()) {
    return give_up(ExitCode::not_found, fmt::format("No task is named '{}'.", id_or_name),
                   "List the tasks with `carillon task list`.");
  }
  if (ids.size() == 1) return ids.front();
  std::string list;
  for (const std::string& id : ids) list += fmt::format("{}{}", list.empty() ? "" : ", ", id);
  return give_up(ExitCode::usage,
                 fmt::format("{} tasks are named '{}': {}.", ids.size(), id_or_name, list),
                 "Name the one you mean by its id.");
}

std::size_t limit_of(const std::optional<std::int64_t>& typed, std::size_t usual) {
  if (!typed) return usual;
  return *typed < 0 ? 0 : static_cast<std::size_t>(*typed);
}

CliResult<boost::json::array> read_list(Session& session, const Target& target, std::size_t limit) {
  boost::json::array items;
  std::string token;
  do {
    const std::size_t wanted = limit == 0 ? kPageSize : std::min(limit - items.size(), kPageSize);
    Target page = target;
    page.with("pageSize", std::to_string(wanted)).with("pageToken", token);
    const auto answer = session.call({.path = page.text()});
    if (!answer) return give_up(answer.error());
    const boost::json::array* more = array_at(*answer, "/items");
    if (more == nullptr) break;
    for (const boost::json::value& item : *more) {
      if (limit == 0 || items.size() < limit) items.push_back(item);
    }
    token = text_at(*answer, "/nextPageToken");
  } while (!token.empty() && (limit == 0 || items.size() < limit));
  return items;
}

}  // namespace carillon::cli
