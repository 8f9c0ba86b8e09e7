#include <charconv>
#include <fstream>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "adapters/zoneinfo/system_zones.h"
#include "base/rfc3339.h"
#include "base/wire.h"
#include "codec/record_codec.h"
#include "domain/words.h"
#include "runtime/replay/replay_host.h"
#include "server/commands/configuration.h"
#include "server/commands/offline_commands.h"

namespace carillon::server {
namespace {

// Where to stop: a position or an instant; both may be absent.
struct Until {
  std::optional<std::uint64_t> position;
  std::optional<Instant> at;

  [[nodiscard]] bool reached(const JournalRecord& record) const {
    return (position && record.position.value() > *position) || (at && record.at > *at);
  }
};

Result<Until> parse_until(const std::optional<std::string>& text) {
  if (!text) return Until{};
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), position);
  if (error == std::errc{} && end == text->data() + text->size())
    return Until{.position = position};
  auto at = parse_rfc3339(*text);
  if (!at) {
    return fail(ErrorCode::invalid_value,
                fmt::format("--until '{}' is neither a position nor an instant.", *text),
                "Write --until 1200 or --until 2026-11-24T20:30:00Z.");
  }
  return Until{.at = *at};
}

// One line of the ledger: a slot's or a run's part of a fact. Empty for facts without either.
std::string ledger_line(const FactRecord& fact) {
  if (fact.topic != Topic::task_events) return {};
  const auto told = from_wire<TaskFact>(fact.payload);
  if (!told) return {};
  std::string line =
      fmt::format("{}  {}  {:<14}", to_rfc3339(fact.at), to_text(told->task), word_of(fact.type));
  if (told->slot) {
    const SlotRow& slot = *told->slot;
    line += fmt::format("  slot {}", to_rfc3339(slot.first));
    if (slot.count > 1) line += fmt::format(" x{}", slot.count);
    line += fmt::format(" {} {}", word_of(slot.disposition), word_of(slot.reason));
  }
  if (told->run) {
    const RunRow& run = *told->run;
    line += fmt::format("  run {} attempt {} {}", run.id.number, run.attempt, word_of(run.status));
    if (!run.outcome.error_code.empty()) line += fmt::format(" ({})", run.outcome.error_code);
  }
  if (told->row) line += fmt::format("  -> {}", word_of(told->row->status));
  return line + "\n";
}

}  // namespace

int replay(const cli::CliEnvironment& environment, const cli::ReplayOptions& options) {
  const auto until = parse_until(options.until);
  if (!until) {
    complain(environment, until.error());
    return 2;
  }
  std::ifstream file(options.file);
  if (!file) {
    complain(environment, {.code = ErrorCode::io_failed,
                           .message = fmt::format("Cannot read {}.", options.file),
                           .hint = "carillon journal export writes such a file."});
    return 1;
  }
  const bool as_json = options.format && options.format != "table";
  const SystemZones zones;
  ReplayHost host(zones, [&](const FactRecord& fact) {
    if (!as_json) {
      environment.out(ledger_line(fact));
    } else if (auto json = fact_event_json(fact)) {
      environment.out(*json + "\n");
    }
  });
  std::string line;
  std::uint64_t number = 0;
  std::uint64_t records = 0;
  while (std::getline(file, line)) {
    ++number;
    if (line.empty()) continue;
    auto record = read_journal_line(line);
    if (!record) {
      record.error().message = fmt::format("Line {}: {}", number, record.error().message);
      complain(environment, record.error());
      return 1;
    }
    if (until->reached(*record)) break;
    ++records;
    if (auto stepped = host.step(*record); !stepped) {
      environment.err(fmt::format("carillon: record {} was refused: {}\n", record->position.value(),
                                  stepped.error().message));
    }
  }
  environment.err(fmt::format("{} records replayed, state {:016x}\n", records, host.state_hash()));
  return 0;
}

}  // namespace carillon::server
