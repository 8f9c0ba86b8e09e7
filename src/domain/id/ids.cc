#include "domain/id/ids.h"

#include <charconv>

#include <fmt/format.h>

#include "base/rfc3339.h"

namespace carillon {
namespace {

// A positive decimal number without sign or leading zero.
std::optional<std::uint32_t> parse_number(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

constexpr std::size_t kUuidLength = 36;

}  // namespace

std::string to_text(const TaskId& id) { return to_text(id.value()); }

std::string to_text(const RunId& id) { return fmt::format("{}.{}", to_text(id.task), id.number); }

std::string to_text(const AttemptId& id) {
  return fmt::format("{}.{}", to_text(id.run), id.number);
}

std::string to_text(const SlotId& id) {
  return fmt::format("{}:{}{}:{}", to_text(id.task), id.kind == SeriesKind::backfill ? 'b' : 'g',
                     id.series, to_rfc3339(id.nominal));
}

std::optional<TaskId> parse_task_id(std::string_view text) {
  const auto uuid = parse_uuid(text);
  if (!uuid) return std::nullopt;
  return TaskId{*uuid};
}

std::optional<RunId> parse_run_id(std::string_view text) {
  if (text.size() < kUuidLength + 2 || text[kUuidLength] != '.') return std::nullopt;
  const auto task = parse_task_id(text.substr(0, kUuidLength));
  const auto number = parse_number(text.substr(kUuidLength + 1));
  if (!task || !number) return std::nullopt;
  return RunId{.task = *task, .number = *number};
}

std::optional<AttemptId> parse_attempt_id(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto run = parse_run_id(text.substr(0, dot));
  const auto number = parse_number(text.substr(dot + 1));
  if (!run || !number) return std::nullopt;
  return AttemptId{.run = *run, .number = *number};
}

std::optional<SlotId> parse_slot_id(std::string_view text) {
  if (text.size() < kUuidLength + 4 || text[kUuidLength] != ':') return std::nullopt;
  const auto task = parse_task_id(text.substr(0, kUuidLength));
  const char kind = text[kUuidLength + 1];
  const std::string_view rest = text.substr(kUuidLength + 2);
  const std::size_t colon = rest.find(':');
  if (!task || (kind != 'g' && kind != 'b') || colon == std::string_view::npos) return std::nullopt;
  const auto series = parse_number(rest.substr(0, colon));
  const auto nominal = parse_rfc3339(rest.substr(colon + 1));
  if (!series || !nominal) return std::nullopt;
  return SlotId{.task = *task,
                .kind = kind == 'b' ? SeriesKind::backfill : SeriesKind::generation,
                .series = *series,
                .nominal = *nominal};
}

}  // namespace carillon
