#include <array>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/session.h"
#include "cli/time_text.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

constexpr std::array<std::string_view, 4> kDialects{"auto", "spring", "unix", "quartz"};

struct ExplainOptions {
  std::string expression;
  std::optional<std::string> dialect, time_zone, from;
  std::optional<std::int64_t> count;
};

constexpr std::array kSlotColumns{
    Column{"NOMINAL", CellKind::time, "/nominal", ""},
    Column{"LOCAL", CellKind::text, "/local", ""},
    Column{"OFFSET", CellKind::text, "/offset", ""},
    Column{"DISPOSITION", CellKind::status, "/disposition", ""},
    Column{"NOTES", CellKind::list, "/notes", ""},
    Column{"MEANING", CellKind::text, "/words", ""},
};
constexpr View kSlotView{kSlotColumns, "/nominal"};

// Rows go their own ways through a pipe, so each says what the expression means.
boost::json::array with_words(boost::json::array slots, const boost::json::value& answer) {
  for (boost::json::value& slot : slots) {
    if (slot.is_object()) slot.get_object()["words"] = text_at(answer, "/words");
  }
  return slots;
}

// "Fri " for text that begins with a date, else nothing.
std::string_view weekday_of(std::string_view local) {
  constexpr std::array<std::string_view, 7> kNames{"Thu ", "Fri ", "Sat ", "Sun ",
                                                   "Mon ", "Tue ", "Wed "};
  const auto day = parse_rfc3339(fmt::format("{}T00:00:00Z", local.substr(0, 10)));
  if (!day) return "";
  return kNames.at(
      static_cast<std::size_t>(day->unix_ms() / 86'400'000 % 7));  // 1970 began on Thu.
}

std::string slot_line(const boost::json::value& slot, const Session& session, Instant now) {
  std::string local = text_at(slot, "/local");
  if (const std::size_t mark = local.find('T'); mark == 10) local[mark] = ' ';
  const std::string nominal = text_at(slot, "/nominal");
  const auto instant = parse_rfc3339(nominal);
  std::string line = fmt::format("{}{} {}  {}", weekday_of(local), escape_control(local),
                                 escape_control(text_at(slot, "/offset")), escape_control(nominal));
  if (instant) line += fmt::format("  {}", relative_text(*instant, now));
  const std::string disposition = text_at(slot, "/disposition");
  if (!disposition.empty()) {
    line +=
        "  " + toned(escape_control(disposition), tone_of_status(disposition), session.colour());
  }
  if (const boost::json::array* notes = array_at(slot, "/notes")) {
    for (const boost::json::value& note : *notes) {
      const std::string text = note.is_object() ? text_at(note, "/message") : text_at(note, "");
      line += toned(fmt::format("  ! {}", escape_control(text)), Tone::waiting, session.colour());
    }
  }
  return line;
}

void print_for_people(Session& session, const boost::json::value& answer) {
  const auto line = [&](std::string_view title, std::string_view text) {
    if (!text.empty()) session.print(fmt::format("{:<9}  {}\n", title, text));
  };
  line("Dialect", escape_control(text_at(answer, "/dialect")));
  line("Meaning", escape_control(text_at(answer, "/words")));
  const Instant now = session.environment().now();
  std::string_view title = "Next";
  if (const boost::json::array* slots = array_at(answer, "/slots")) {
    for (const boost::json::value& slot : *slots) {
      session.print(fmt::format("{:<9}  {}\n", title, slot_line(slot, session, now)));
      title = "";
    }
  }
  const boost::json::array* warnings = array_at(answer, "/warnings");
  if (warnings == nullptr) return;
  for (const boost::json::value& warning : *warnings) {
    line("Warning",
         escape_control(warning.is_object() ? text_at(warning, "/message") : text_at(warning, "")));
    line("", escape_control(text_at(warning, "/hint")));
  }
}

// A server that was named is asked, because its zone rules may differ from ours; otherwise the same
// code answers here, so that nobody needs a server to try an expression.
CliResult<boost::json::value> explanation(Session& session, const boost::json::object& body,
                                          std::string_view expression) {
  const auto& answer_here = session.environment().server.explain_cron;
  const auto is_named = session.is_server_named();
  if (!is_named) return give_up(is_named.error());
  if (*is_named || !answer_here) {
    return session.call(
        {.method = Method::post, .path = "/api/v1/cron/explain", .body = compact_json(body)},
        expression);
  }
  const RestAnswer answer = answer_here(compact_json(body));
  if (answer.status != 200) {
    return give_up(problem_failure(answer.status, answer.body, expression));
  }
  return parse_json(answer.body).value_or(boost::json::value{});
}

CliResult<ExitCode> explain_cron(Session& session, const ExplainOptions& options) {
  boost::json::object body{{"expr", options.expression}, {"count", options.count.value_or(5)}};
  if (options.dialect) body["dialect"] = *options.dialect;
  if (options.time_zone) body["timeZone"] = *options.time_zone;
  if (options.from) {
    const auto from = parse_when(*options.from, session.environment().now());
    if (!from) return give_up(from.error());
    body["from"] = to_rfc3339(*from);
  }
  const auto answer = explanation(session, body, options.expression);
  if (!answer) return give_up(answer.error());
  if (session.is_for_people()) {
    print_for_people(session, *answer);
    return ExitCode::ok;
  }
  const boost::json::array* slots = array_at(*answer, "/slots");
  const bool wants_rows =
      session.format() == OutputFormat::tsv || session.format() == OutputFormat::name;
  if (slots != nullptr && wants_rows) {
    session.print_list(with_words(*slots, *answer), kSlotView, "");
  } else {
    session.print_object(*answer, kSlotView);
  }
  return ExitCode::ok;
}

CommandSpec explain_command() {
  auto options = std::make_shared<ExplainOptions>();
  return {
      .name = "explain",
      .summary = "Say what a cron expression means and when it fires.",
      .details =
          "Needs no server; one that is named (--server, CARILLON_SERVER or a profile) is asked.",
      .examples =
          "carillon cron explain '0 */5 * * * *'\n"
          "carillon cron explain '0 30 2 * * *' --tz America/New_York --from 2027-03-12 "
          "-n 4",
      .shared = SharedOptions::rest,
      .options = {{"EXPR", "", "The expression, in quotes.", &options->expression},
                  {"--dialect", "WORD", "How to read it.", &options->dialect, kDialects},
                  {"--tz", "ZONE", "Time zone; UTC if none is given.", &options->time_zone},
                  {"--from", "TIME", "Slots after this time; now if none is given.",
                   &options->from},
                  {"-n,--count", "N", "How many slots; 5 if none is given.", &options->count}},
      .run = [options](Session& session) { return explain_cron(session, *options); }};
}

}  // namespace

CommandSpec cron_commands() {
  return {.name = "cron",
          .summary = "Understand cron expressions.",
          .examples = "carillon cron explain '0 */5 * * * *'",
          .commands = {explain_command()}};
}

}  // namespace carillon::cli
