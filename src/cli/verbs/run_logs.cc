#include "cli/verbs/run_logs.h"

#include <array>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/verbs/task_lookup.h"

namespace carillon::cli {
namespace {

struct LogsOptions {
  std::string run;
  std::optional<std::int64_t> attempt;
  Switch follow = Switch::off;
  Switch timestamps = Switch::off;
};

constexpr std::array kLogColumns{
    Column{"AT", CellKind::time, "/at", ""},
    Column{"STREAM", CellKind::text, "/stream", ""},
    Column{"TEXT", CellKind::text, "/text", ""},
};
constexpr View kLogView{kLogColumns, "/text"};

std::string people_line(const boost::json::value& item, const LogsOptions& options, Colour colour) {
  std::string line;
  if (options.timestamps == Switch::on) {
    line = toned(escape_control(text_at(item, "/at")), Tone::faint, colour) + "  ";
  }
  // A captured line may carry its own line break; it is ours to print.
  const std::string text = text_at(item, "/text");
  const std::string shown = escape_control(
      text.ends_with('\n') ? std::string_view(text).substr(0, text.size() - 1) : text);
  const bool is_error = text_at(item, "/stream") == "stderr" || text_at(item, "/level") == "error";
  return line + toned(shown, is_error ? Tone::bad : Tone::plain, colour) + "\n";
}

void print_items(Session& session, const boost::json::array& items, const LogsOptions& options) {
  if (session.is_for_people()) {
    for (const boost::json::value& item : items) {
      session.print(people_line(item, options, session.colour()));
    }
    return;
  }
  if (options.follow == Switch::on && session.format() == OutputFormat::json) {
    // A log that is followed has no end, so an array would never be complete.
    for (const boost::json::value& item : items) session.print(compact_json(item) + "\n");
    return;
  }
  session.print_list(items, kLogView, "");
}

struct LogPage {
  boost::json::array items;
  std::string next;  // Where the next page begins; the former place when nothing is new.
};

CliResult<LogPage> read_page(Session& session, const LogsOptions& options, std::string after) {
  Target target(run_path(options.run, "/logs"));
  if (options.attempt) target.with("attempt", std::to_string(*options.attempt));
  target.with("after", after);
  auto answer = session.call({.path = target.text()});
  if (!answer) return give_up(answer.error());
  LogPage page{.next = text_at(*answer, "/nextAfter")};
  if (page.next.empty()) page.next = std::move(after);
  if (const boost::json::array* items = array_at(*answer, "/items")) page.items = *items;
  return page;
}

// Everything that is there now, from `after` on; leaves the new place in `after`.
CliResult<boost::json::array> read_available(Session& session, const LogsOptions& options,
                                             std::string& after) {
  boost::json::array all;
  while (true) {
    auto page = read_page(session, options, after);
    if (!page) return give_up(page.error());
    for (boost::json::value& item : page->items) all.push_back(std::move(item));
    const bool moved = page->next != after;
    after = std::move(page->next);
    if (page->items.empty() || !moved) return all;
  }
}

bool is_over(std::string_view status) {
  return status == "COMPLETED" || status == "FAILED" || status == "CANCELLED" ||
         status == "TIMED_OUT";
}

// Whether the run is over is asked before its log is read, so the last lines are not missed.
CliResult<ExitCode> follow_logs(Session& session, const LogsOptions& options) {
  std::string after;
  while (true) {
    const auto run = session.call({.path = run_path(options.run)});
    if (!run) return give_up(run.error());
    const bool over = is_over(text_at(*run, "/status"));
    const auto items = read_available(session, options, after);
    if (!items) return give_up(items.error());
    if (!items->empty()) print_items(session, *items, options);
    if (over) return ExitCode::ok;
    session.environment().pause(Duration::milliseconds(500));
    if (session.environment().interrupted()) return give_up(Failure{.exit = ExitCode::interrupted});
  }
}

CliResult<ExitCode> show_logs(Session& session, const LogsOptions& options) {
  if (options.follow == Switch::on) return follow_logs(session, options);
  std::string after;
  const auto items = read_available(session, options, after);
  if (!items) return give_up(items.error());
  if (items->empty() && session.is_for_people()) session.note("The run has written nothing.\n");
  print_items(session, *items, options);
  return ExitCode::ok;
}

}  // namespace

CommandSpec run_logs_command() {
  auto options = std::make_shared<LogsOptions>();
  return {.name = "logs",
          .summary = "Show what a run has written.",
          .examples =
              "carillon run logs 019a1b2c-0000-7000-8000-000000000001\n"
              "carillon run logs 019a1b2c-0000-7000-8000-000000000001 --follow",
          .shared = SharedOptions::rest,
          .options = {{"RUN", "", "Id of the run.", &options->run},
                      {"--attempt", "N", "Only this attempt.", &options->attempt},
                      {"--follow", "", "Go on until the run ends.", &options->follow},
                      {"--timestamps", "", "Put the time before each line.", &options->timestamps}},
          .run = [options](Session& session) { return show_logs(session, *options); }};
}

}  // namespace carillon::cli
