#include "cli/verbs/task_names.h"

#include <utility>

#include <boost/json.hpp>

#include "cli/output/json_read.h"
#include "cli/verbs/task_lookup.h"

namespace carillon::cli {
namespace {

// A watch may last for months; a task that is forgotten here is looked up again.
constexpr std::size_t kNamesMax = 10'000;

}  // namespace

std::string TaskNames::name_of(const boost::json::value& event) {
  const std::string task = text_at(event, "/task");
  std::string told = text_at(event, "/definition/name");
  if (told.empty()) told = text_at(event, "/taskName");
  if (task.empty()) return told;
  const auto known = names_.find(task);
  if (told.empty() && known != names_.end()) return known->second;
  if (told.empty()) told = looked_up(task);
  if (names_.size() >= kNamesMax) names_.clear();
  return names_[task] = std::move(told);
}

std::string TaskNames::looked_up(std::string_view task) {
  const auto answer = session_.call({.path = task_path(task)});
  return answer ? text_at(*answer, "/name") : std::string();
}

}  // namespace carillon::cli
