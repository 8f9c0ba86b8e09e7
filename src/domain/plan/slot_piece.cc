#include "domain/plan/slot_piece.h"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

constexpr Duration kMargin = Duration::days(3);  // Longer than any offset.
constexpr Duration kMillisecond = Duration::milliseconds(1);
constexpr int kSecondsPerMinute = 60;
constexpr std::uint64_t kWholeMinute = (1ULL << kSecondsPerMinute) - 1;

// The matching seconds of the minute that holds a local time; bit n = second n.
std::uint64_t seconds_of_minute(const CronExpression& cron, LocalTime time) {
  const int minute = time.second_of_day() / kSecondsPerMinute;
  const CronTimes& times = cron.times();
  const bool matches = (times.hours >> (minute / 60) & 1) != 0 &&
                       (times.minutes >> (minute % 60) & 1) != 0 && cron.matches_date(time.date());
  return matches ? times.seconds : 0;
}

// Seconds n of a minute with begin <= minute + n < end.
std::uint64_t clipped(Instant minute, Instant begin, Instant end) {
  const auto second = [minute](Instant t) {
    const std::int64_t up = -floor_div(-(t - minute).ms(), kMsPerSecond);
    return std::clamp<std::int64_t>(up, 0, kSecondsPerMinute);
  };
  return kWholeMinute >> second(begin) << second(begin) & ((1ULL << second(end)) - 1);
}

}  // namespace

std::optional<Instant> SlotPiece::first_in(Instant begin, Instant end) const {
  begin = std::max(begin, from);
  end = std::min(end, to);
  if (begin >= end) return std::nullopt;
  if (cron == nullptr) return begin == from ? std::optional(from) : std::nullopt;
  const std::optional<LocalTime> found = cron->first_in(local(begin), local(end));
  if (!found) return std::nullopt;
  return Instant::from_unix_ms(found->ms()) - offset;
}

std::optional<Instant> SlotPiece::last_in(Instant begin, Instant end) const {
  begin = std::max(begin, from);
  end = std::min(end, to);
  if (begin >= end) return std::nullopt;
  if (cron == nullptr) return begin == from ? std::optional(from) : std::nullopt;
  const std::optional<LocalTime> found = cron->last_in(local(begin), local(end));
  if (!found) return std::nullopt;
  return Instant::from_unix_ms(found->ms()) - offset;
}

std::uint64_t SlotPiece::seconds_in(Instant minute) const {
  const std::uint64_t inside = clipped(minute, from, to);
  if (inside == 0 || cron == nullptr) return inside;
  const LocalTime shown = local(minute);
  const int into_minute = shown.second_of_day() % kSecondsPerMinute;
  std::uint64_t seconds = seconds_of_minute(*cron, shown) >> into_minute;
  if (into_minute != 0) {
    // The offset is no whole minute, so this minute reaches into the next one on the wall.
    const LocalTime next = LocalTime::from_ms(shown.ms() + kSecondsPerMinute * kMsPerSecond);
    seconds |= seconds_of_minute(*cron, next) << (kSecondsPerMinute - into_minute);
  }
  return seconds & inside;
}

SlotPieces::SlotPieces(const CronSchedule& schedule, const CronExpression& cron,
                       std::size_t stretch) {
  const std::span<const ZoneTransition> transitions = schedule.zone->transitions();
  SlotPiece plain{.cron = &cron,
                  .from = stretch_begin(*schedule.zone, stretch),
                  .to = stretch_end(*schedule.zone, stretch),
                  .offset = schedule.zone->offset_of(stretch)};
  const auto overlap = [&](const ZoneTransition& fold) {
    return overlap_rule(schedule.dst.overlap, cron.shape(), fold.length());
  };
  if (stretch > 0) {
    const ZoneTransition& entry = transitions[stretch - 1];
    if (entry.is_gap()) {
      add_gap(cron, entry, gap_rule(schedule.dst.gap, cron.shape(), entry.length()));
    } else if (overlap(entry) == DstOverlap::first) {
      SlotPiece second_pass = plain;
      plain.from = second_pass.to = entry.at + entry.length();
      second_pass.dst = SlotDst::overlap;
      add(second_pass);
    }
  }
  if (stretch < transitions.size()) {
    const ZoneTransition& exit = transitions[stretch];
    if (!exit.is_gap() && overlap(exit) == DstOverlap::second) {
      SlotPiece first_pass = plain;
      plain.to = first_pass.from = exit.at - exit.length();
      first_pass.dst = SlotDst::overlap;
      add(first_pass);
    }
  }
  add(plain);
}

void SlotPieces::add_gap(const CronExpression& cron, const ZoneTransition& gap, DstGap rule) {
  SlotPiece piece{.cron = &cron, .from = gap.at, .to = gap.at + gap.length(), .offset = gap.before};
  switch (rule) {
    case DstGap::skip:
      piece.dst = SlotDst::gap;
      add(piece);
      return;
    case DstGap::shift:
      add(piece);
      return;
    case DstGap::run_after:
      if (!piece.first_in(piece.from, piece.to)) return;
      piece.cron = nullptr;
      piece.to = piece.from + kMillisecond;
      add(piece);
      return;
    case DstGap::vixie:
      break;  // gap_rule never answers with it.
  }
  std::unreachable();
}

Instant stretch_begin(const ZoneRules& zone, std::size_t stretch) {
  return stretch == 0 ? Instant{} - kMargin : zone.transitions()[stretch - 1].at;
}

Instant stretch_end(const ZoneRules& zone, std::size_t stretch) {
  const std::span<const ZoneTransition> transitions = zone.transitions();
  return stretch == transitions.size() ? kInstantMax + kMargin : transitions[stretch].at;
}

}  // namespace carillon
