// Counting: day arithmetic where the offset is constant, second by second (64 at a time) in the
// windows around transitions, where local times are skipped, moved or doubled.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "domain/plan/cron_slots.h"
#include "domain/plan/match_count.h"
#include "domain/plan/slot_piece.h"

namespace carillon {
namespace {

constexpr Duration kMinute = Duration::minutes(1);
constexpr Duration kMillisecond = Duration::milliseconds(1);

// The slots of a window or a part of it.
struct Tally {
  std::uint64_t running = 0;
  std::uint64_t skipped = 0;
  Instant first_skipped;  // Only with skipped > 0.
  Instant last_skipped;
};

// The instants around one transition at which slots may differ from the plain ones.
class DstWindow {
 public:
  DstWindow(const CronSchedule& schedule, std::size_t index)
      : schedule_(schedule), index_(index), transition_(schedule.zone->transitions()[index]) {}

  [[nodiscard]] Instant begin() const {
    return transition_.is_gap() ? transition_.at : transition_.at - transition_.length();
  }
  [[nodiscard]] Instant end() const { return transition_.at + transition_.length(); }
  [[nodiscard]] Duration offset_before() const { return transition_.before; }
  [[nodiscard]] SlotDst reason() const {
    return transition_.is_gap() ? SlotDst::gap : SlotDst::overlap;
  }

  // The slots of the window that lie in [from, to).
  [[nodiscard]] Tally tally(Instant from, Instant to) const {
    Tally tally;
    const std::vector<SlotPiece> pieces =
        clipped_pieces(std::max(from, begin()), std::min(to, end()));
    const std::int64_t first_minute = floor_div(begin().unix_ms(), kMinute.ms()) * kMinute.ms();
    for (Instant minute = Instant::from_unix_ms(first_minute); minute < end();
         minute = minute + kMinute) {
      add_minute(pieces, minute, tally);
    }
    return tally;
  }

 private:
  [[nodiscard]] std::vector<SlotPiece> clipped_pieces(Instant from, Instant to) const {
    std::vector<SlotPiece> pieces;
    for (const CronExpression& cron : schedule_.crons) {
      for (const std::size_t stretch : {index_, index_ + 1}) {
        for (SlotPiece piece : SlotPieces(schedule_, cron, stretch)) {
          if (piece.cron == nullptr && (piece.from < from || piece.from >= to)) continue;
          piece.from = std::max(piece.from, from);
          piece.to = std::min(piece.to, to);
          if (piece.from < piece.to) pieces.push_back(piece);
        }
      }
    }
    return pieces;
  }

  static void add_minute(const std::vector<SlotPiece>& pieces, Instant minute, Tally& tally) {
    std::uint64_t running = 0;
    std::uint64_t skipped = 0;
    for (const SlotPiece& piece : pieces) {
      (piece.dst == SlotDst::runs ? running : skipped) |= piece.seconds_in(minute);
    }
    skipped &= ~running;  // If one of two local times would run, the slot runs.
    tally.running += static_cast<std::uint64_t>(std::popcount(running));
    if (skipped == 0) return;
    const auto at = [minute](int second) { return minute + Duration::seconds(second); };
    if (tally.skipped == 0) tally.first_skipped = at(std::countr_zero(skipped));
    tally.last_skipped = at(static_cast<int>(std::bit_width(skipped)) - 1);
    tally.skipped += static_cast<std::uint64_t>(std::popcount(skipped));
  }

  const CronSchedule& schedule_;
  std::size_t index_;
  ZoneTransition transition_;
};

// The first window that may reach beyond an instant.
std::size_t first_window(const CronSchedule& schedule, Instant from) {
  const std::size_t stretch = schedule.zone->stretch_at(from);
  return stretch == 0 ? 0 : stretch - 1;
}

std::uint64_t count_plain(const CronSchedule& schedule, Instant from, Instant to, Duration offset) {
  if (from >= to) return 0;
  const auto local = [offset](Instant t) { return LocalTime::from_ms((t + offset).unix_ms()); };
  return count_matches(schedule.crons, local(from), local(to));
}

// All skipped slots in [first, end) from the window on, as long as their reason is the same.
DstSkips gather(const CronSchedule& schedule, std::size_t index, Instant first, Instant end) {
  const SlotDst reason = DstWindow(schedule, index).reason();
  DstSkips skips{.first = first, .last = first, .count = 0, .dst = reason};
  for (; index < schedule.zone->transitions().size(); ++index) {
    const DstWindow window(schedule, index);
    if (window.begin() >= end) break;
    const Tally tally = window.tally(first, end);
    if (tally.skipped == 0) continue;
    if (window.reason() != reason) break;
    skips.last = tally.last_skipped;
    skips.count += tally.skipped;
  }
  return skips;
}

}  // namespace

std::uint64_t count_running_cron_slots(const CronSchedule& schedule, Instant from, Instant to) {
  if (from >= to) return 0;
  const std::size_t windows = schedule.zone->transitions().size();
  std::uint64_t count = 0;
  Instant plain_from = from;
  for (std::size_t index = first_window(schedule, from); index < windows; ++index) {
    const DstWindow window(schedule, index);
    if (window.begin() >= to) break;
    if (window.end() <= from) continue;
    count += count_plain(schedule, plain_from, window.begin(), window.offset_before());
    count += window.tally(from, to).running;
    plain_from = window.end();
  }
  if (plain_from >= to) return count;
  return count + count_plain(schedule, plain_from, to, schedule.zone->offset_at(plain_from));
}

std::optional<DstSkips> first_cron_skips(const CronSchedule& schedule, Instant from, Instant to) {
  const std::size_t windows = schedule.zone->transitions().size();
  for (std::size_t index = first_window(schedule, from); index < windows; ++index) {
    const DstWindow window(schedule, index);
    if (window.begin() >= to) break;
    const Tally tally = window.tally(from, to);
    if (tally.skipped == 0) continue;
    const Instant first = tally.first_skipped;
    const auto running = first_cron_slot(schedule, first + kMillisecond, to, SlotFilter::running);
    return gather(schedule, index, first, running ? running->nominal : to);
  }
  return std::nullopt;
}

}  // namespace carillon
