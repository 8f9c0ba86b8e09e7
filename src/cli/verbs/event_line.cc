#include "cli/verbs/event_line.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"

namespace carillon::cli {
namespace {

constexpr std::size_t kNameColumns = 16;
constexpr std::size_t kTypeColumns = 14;

std::optional<Duration> between(const boost::json::value& event, std::string_view from,
                                std::string_view to) {
  const auto first = parse_rfc3339(text_at(event, from));
  const auto last = parse_rfc3339(text_at(event, to));
  if (!first || !last) return std::nullopt;
  return *last - *first;
}

// The first of the pointers that says something.
std::string first_text(const boost::json::value& event,
                       std::initializer_list<std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    std::string text = text_at(event, pointer);
    if (!text.empty()) return text;
  }
  return {};
}

std::string error_text(const boost::json::value& event, std::string_view outcome) {
  const std::string code = text_at(event, std::string(outcome) + "/errorCode");
  const std::string message = text_at(event, std::string(outcome) + "/errorMessage");
  if (code.empty() || message.empty()) return code + message;
  return fmt::format("{}: {}", code, message);
}

// The outcome of a run that waits or runs again is that of the attempt before, which was told then.
bool tells_its_outcome(std::string_view status) {
  return status == "FAILED" || status == "RETRYING" || status == "CANCELLED";
}

std::string slot_note(const boost::json::value& event) {
  const std::string disposition = text_at(event, "/slot/disposition");
  if (disposition == "STARTED") return {};
  const auto count = integer_at(event, "/slot/count").value_or(1);
  std::string note = count == 1
                         ? fmt::format("slot {}", text_at(event, "/slot/first"))
                         : fmt::format("{} slots from {}", count, text_at(event, "/slot/first"));
  const std::string reason = text_at(event, "/slot/reason");
  if (!reason.empty() && reason != "none") note += fmt::format(" ({})", reason);
  return note;
}

std::string note_of(const boost::json::value& event) {
  if (member_at(event, "/slot") != nullptr) return slot_note(event);
  if (text_at(event, "/run/status") == "RETRYING") {
    const auto wait = between(event, "/at", "/run/nextAttemptAt");
    if (wait) return fmt::format("next attempt in {}", short_span(*wait));
  }
  std::string note = first_text(event, {"/detail", "/title"});
  const std::string by = text_at(event, "/by");
  if (!by.empty()) note += fmt::format("{}by {}", note.empty() ? "" : " ", by);
  return note;
}

// What happens to an attempt that is over says nothing about the task.
std::string status_of(const boost::json::value& event) {
  const bool is_of_attempt = text_at(event, "/type").starts_with("attempt.");
  return first_text(event, {"/slot/disposition", "/run/status",
                            is_of_attempt ? "/none" : "/row/status", "/kind"});
}

std::optional<Duration> duration_of(const boost::json::value& event) {
  if (text_at(event, "/run/status") == "RETRYING") {
    return between(event, "/run/attemptStartedAt", "/at");
  }
  return between(event, "/run/startedAt", "/run/endedAt");
}

// Runs of seconds are compared with each other, so they get a digit more than a clock would show.
std::string span_text(Duration span) {
  if (span < Duration::seconds(1) || span >= Duration::seconds(60)) return short_span(span);
  return fmt::format("{}.{}s", span.ms() / 1000, span.ms() % 1000 / 100);
}

Tone tone_of_event(std::string_view type) {
  if (type.ends_with(".failed") || type.ends_with(".lost")) return Tone::bad;
  if (type.ends_with(".completed")) return Tone::good;
  if (type.ends_with(".started")) return Tone::active;
  if (type.ends_with(".retrying")) return Tone::waiting;
  return Tone::plain;
}

// The date would be noise in a live view; the format is 2026-11-24T20:30:05.123Z.
std::string time_of_day(std::string_view at) {
  return escape_control(at.size() == 24 ? at.substr(11, 12) : at);
}

std::string padded(std::string text, std::size_t columns, Tone tone, Colour colour) {
  const std::size_t width = display_width(text);
  const std::string blanks(width < columns ? columns - width : 0, ' ');
  return toned(text, tone, colour) + blanks;
}

}  // namespace

boost::json::object event_row(const boost::json::value& event, std::string_view name) {
  boost::json::object row;
  const auto put = [&row](std::string_view member, std::string_view text) {
    if (!text.empty()) row[member] = text;
  };
  const std::string status = status_of(event);
  const std::string run_status = text_at(event, "/run/status");
  put("at", text_at(event, "/at"));
  put("type", text_at(event, "/type"));
  put("task", text_at(event, "/task"));
  put("name", name);
  // Other topics name the run, or the attempt, without a part of its own.
  put("run", member_at(event, "/run/runId") != nullptr
                 ? text_at(event, "/run/runId")
                 : first_text(event, {"/slot/runId", "/run", "/data/attempt"}));
  if (const auto attempt = integer_at(event, "/run/attempt"); attempt && *attempt > 0) {
    row["attempt"] = *attempt;
  }
  put("status", status);
  if (const auto span = duration_of(event)) row["durationMs"] = span->ms();
  if (tells_its_outcome(run_status)) {
    put("error", error_text(event, "/run/outcome"));
  } else if (run_status.empty() && tells_its_outcome(status)) {
    put("error", error_text(event, "/outcome"));
  }
  if (member_at(event, "/problem") != nullptr) {
    put("error", fmt::format("{}: {}", text_at(event, "/problem"), text_at(event, "/message")));
  }
  put("note", note_of(event));
  return row;
}

std::string event_line(const boost::json::object& row, Colour colour) {
  const boost::json::value value = row;
  const auto read = [&value](std::string_view pointer) {
    return escape_control(text_at(value, pointer));
  };
  const std::string run = read("/run");
  const std::string task = read("/task");
  const std::string name = read("/name");
  const std::string status = read("/status");
  std::string line =
      fmt::format("{}  {}  {}", toned(time_of_day(text_at(value, "/at")), Tone::faint, colour),
                  padded(name.empty() ? task : name, kNameColumns, Tone::strong, colour),
                  padded(read("/type"), kTypeColumns, tone_of_event(read("/type")), colour));
  // The id of a run begins with the id of its task.
  if (const std::string& id = run.empty() && !name.empty() ? task : run; !id.empty()) {
    line += "  " + id;
  }
  if (row.contains("attempt")) line += fmt::format("  attempt {}", read("/attempt"));
  if (!status.empty()) line += "  " + toned(status, tone_of_status(status), colour);
  if (const auto span = integer_at(value, "/durationMs")) {
    line += fmt::format("  after {}", span_text(Duration::milliseconds(*span)));
  }
  if (row.contains("error")) line += "  " + toned(read("/error"), Tone::bad, colour);
  if (row.contains("note")) line += "  " + toned(read("/note"), Tone::faint, colour);
  return line + "\n";
}

}  // namespace carillon::cli
