// Lists of runs, of one task or of all, and one run as JSON.
#pragma once

#include <optional>
#include <string>

#include "api/exchange.h"
#include "api/messages/query.h"
#include "domain/id/ids.h"
#include "ports/task_repository.h"

namespace carillon::api {

// Appends the run with the task it belongs to.
void append_run_json(std::string& out, const RunListItem& item);

// Answers with a page of runs, newest first. Reads status, filter (`status:…` only) and the page.
void answer_run_listing(Exchange& exchange, Query& query, const std::optional<TaskId>& task);

}  // namespace carillon::api
