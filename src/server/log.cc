#include "server/log.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon::server {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

bool names_a_secret(std::string_view name) {
  constexpr std::array<std::string_view, 5> kParts{"secret", "password", "token", "authorization",
                                                   "cookie"};
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(
      kParts, [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

Instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_unix_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::string logfmt_value(std::string_view value) {
  std::string safe = escape_control(value);
  const bool plain = !safe.empty() && safe.find_first_of(" \"=") == std::string::npos;
  if (plain) return safe;
  std::string quoted;
  append_json_string(quoted, safe);
  return quoted;
}

}  // namespace

Log::Log(LogLevel level, LogFormat format)
    : logger_(std::make_shared<spdlog::logger>("carillon",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      format_(format) {
  if (format_ == LogFormat::automatic) {
    format_ = ::isatty(STDERR_FILENO) == 1 ? LogFormat::logfmt : LogFormat::json;
  }
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::info);
  set_level(level);
}

Log::~Log() = default;

void Log::set_level(LogLevel level) { logger_->set_level(spdlog_level(level)); }

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!logger_->should_log(spdlog_level(level))) return;
  std::string line;
  if (format_ == LogFormat::json) {
    line = fmt::format(R"({{"time":"{}","level":"{}","event":)", to_rfc3339(now()), word_of(level));
    append_json_string(line, event);
    for (const LogField& field : fields) {
      line.push_back(',');
      append_json_string(line, field.name);
      line.push_back(':');
      append_json_string(line, names_a_secret(field.name) ? "***" : escape_control(field.value));
    }
    line.push_back('}');
  } else {
    line = fmt::format("time={} level={} event={}", to_rfc3339(now()), word_of(level),
                       logfmt_value(event));
    for (const LogField& field : fields) {
      line += fmt::format(" {}={}", field.name,
                          names_a_secret(field.name) ? "***" : logfmt_value(field.value));
    }
  }
  logger_->log(spdlog_level(level), line);
}

}  // namespace carillon::server
