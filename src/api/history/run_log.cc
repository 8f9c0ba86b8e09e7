#include "api/history/run_log.h"

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "api/http/server_sent_event.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

std::string_view stream_word(LogStream stream) {
  switch (stream) {
    case LogStream::out:
      return "stdout";
    case LogStream::err:
      return "stderr";
    case LogStream::note:
      return "note";
  }
  std::unreachable();
}

template <class T>
bool read_number(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && stop == end && error == std::errc();
}

class RunLogSource final : public StreamSource {
 public:
  RunLogSource(const Gateway& gateway, RunLogQuery query, Duration poll)
      : gateway_(gateway), query_(std::move(query)), poll_(poll) {}

  Progress pull(std::string& out) override {
    // The status is asked first: what was written before a run's end is read after it was seen.
    const auto run = gateway_.find_run(query_.run);
    if (!run || !*run) return Progress::ended;
    const RunRow& row = (*run)->run;
    const auto lines = read_run_log(gateway_, query_, row.attempt);
    if (!lines) return Progress::ended;
    for (const RunLogLine& line : *lines) {
      query_.after = {.attempt = line.attempt, .sequence = line.line.sequence};
      std::string data;
      append_log_line_json(data, line);
      http::append_event(out, {.id = to_text(query_.after), .type = "log", .data = data});
      if (out.size() >= kPullBytes) break;
    }
    if (!lines->empty()) return Progress::more;
    if (!is_final(row.status)) return Progress::idle;
    http::append_event(out, {.id = "",
                             .type = "end",
                             .data = fmt::format(R"({{"status":"{}"}})", word_of(row.status))});
    return Progress::ended;
  }

  [[nodiscard]] Duration poll_interval() const override { return poll_; }

 private:
  const Gateway& gateway_;
  RunLogQuery query_;
  Duration poll_;
};

}  // namespace

std::string to_text(const LogPlace& place) {
  return fmt::format("{}.{}", place.attempt, place.sequence);
}

std::optional<LogPlace> parse_log_place(std::string_view text) {
  LogPlace place;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  if (!read_number(text.substr(0, dot), place.attempt)) return std::nullopt;
  if (!read_number(text.substr(dot + 1), place.sequence)) return std::nullopt;
  return place;
}

Result<std::vector<RunLogLine>> read_run_log(const Gateway& gateway, const RunLogQuery& query,
                                             std::uint32_t attempts) {
  std::vector<RunLogLine> all;
  const std::uint32_t first = query.attempt.value_or(std::max(query.after.attempt, 1U));
  const std::uint32_t last = query.attempt.value_or(attempts);
  for (std::uint32_t attempt = first; attempt <= last && all.size() < query.limit; ++attempt) {
    const std::uint64_t after = attempt == query.after.attempt ? query.after.sequence : 0;
    auto lines = gateway.read_log(AttemptId{.run = query.run, .number = attempt}, after,
                                  query.limit - all.size());
    if (!lines) return fail(std::move(lines.error()));
    for (LogLine& line : *lines) all.push_back({.attempt = attempt, .line = std::move(line)});
  }
  return all;
}

void append_log_line_json(std::string& out, const RunLogLine& line) {
  out += fmt::format(R"({{"attempt":{},"sequence":{},"at":)", line.attempt, line.line.sequence);
  append_json(out, line.line.at);
  out += fmt::format(R"(,"stream":"{}","text":)", stream_word(line.line.stream));
  append_json_string(out,
                     is_utf8(line.line.text) ? line.line.text : escape_control(line.line.text));
  out.push_back('}');
}

std::unique_ptr<StreamSource> follow_run_log(const Gateway& gateway, RunLogQuery query,
                                             Duration poll) {
  return std::make_unique<RunLogSource>(gateway, std::move(query), poll);
}

}  // namespace carillon::api
