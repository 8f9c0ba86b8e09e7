#include "domain/zone/zone_rules.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/zone/tzif.h"

namespace carillon {
namespace {

// Transitions outside of this window can touch no slot: two days beside the years that users may
// name, since no offset is that large.
constexpr int kMarginDays = 2;
constexpr std::int64_t kRulesBegin =
    (LocalDate::of(kFirstYear, 1, 1).days() - kMarginDays) * kSecondsPerDay;
constexpr std::int64_t kRulesEnd =
    (LocalDate::of(kLastYear + 1, 1, 1).days() + kMarginDays) * kSecondsPerDay;

using Change = TzifData::Change;

// Every year's changes by the rule, in order.
std::vector<Change> changes_of_rule(const PosixTz::Dst& dst, std::int64_t standard_offset) {
  std::vector<Change> changes;
  // One year more on both sides, because a moment may be named up to a week outside its year.
  for (int year = kFirstYear - 1; year <= kLastYear + 1; ++year) {
    changes.push_back(
        {.at_second = dst.ends.local_second(year) - dst.offset, .offset = standard_offset});
    changes.push_back(
        {.at_second = dst.begins.local_second(year) - standard_offset, .offset = dst.offset});
  }
  // At one instant the end of daylight saving comes first, so that a rule of permanent daylight
  // saving (end and next begin together) never leaves it.
  const auto order = [&dst](const Change& change) {
    return std::pair(change.at_second, change.offset == dst.offset);
  };
  std::ranges::sort(changes, {}, order);
  return changes;
}

// All changes in order: those of the file, then those of its rule.
std::vector<Change> all_changes(const TzifData& data) {
  std::vector<Change> changes = data.changes;
  if (!data.rule || !data.rule->dst) return changes;
  for (const Change& change : changes_of_rule(*data.rule->dst, data.rule->standard_offset)) {
    const bool listed = !data.changes.empty() && change.at_second <= data.changes.back().at_second;
    if (!listed) changes.push_back(change);
  }
  return changes;
}

Duration seconds(std::int64_t count) { return Duration::seconds(count); }

struct Offsets {
  Duration initial;
  std::vector<ZoneTransition> transitions;
};

// Drops what lies outside 1970 to 2199 and what changes only a name.
Offsets offsets_of(const TzifData& data) {
  std::int64_t current = data.initial_offset;
  std::int64_t initial = data.initial_offset;
  std::vector<ZoneTransition> transitions;
  const std::vector<Change> changes = all_changes(data);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    const bool overruled = i + 1 < changes.size() && changes[i + 1].at_second == change.at_second;
    if (overruled || change.at_second >= kRulesEnd) continue;
    if (change.at_second < kRulesBegin) {
      initial = current = change.offset;
      continue;
    }
    if (change.offset == current) continue;
    transitions.push_back({.at = Instant::from_unix_ms(change.at_second * kMsPerSecond),
                           .before = seconds(current),
                           .after = seconds(change.offset)});
    current = change.offset;
  }
  return {.initial = seconds(initial), .transitions = std::move(transitions)};
}

// Whether the skipped or repeated times of neighbours stay clear of each other, on the wall and as
// instants. True for every real zone; the rest of the domain relies on it.
bool far_enough(const ZoneTransition& earlier, const ZoneTransition& later) {
  return later.at - earlier.at >= earlier.length() + later.length();
}

}  // namespace

ZoneRules::ZoneRules(Duration initial, std::vector<ZoneTransition> transitions)
    : initial_(initial), transitions_(std::move(transitions)) {}

Result<ZoneRules> ZoneRules::parse(std::string_view tzif_bytes) {
  const Result<TzifData> data = TzifData::parse(tzif_bytes);
  if (!data) return fail(data.error());
  Offsets offsets = offsets_of(*data);
  for (std::size_t i = 1; i < offsets.transitions.size(); ++i) {
    if (!far_enough(offsets.transitions[i - 1], offsets.transitions[i])) {
      return fail(ErrorCode::corrupt, "the zone data is damaged: two transitions overlap");
    }
  }
  return ZoneRules(offsets.initial, std::move(offsets.transitions));
}

const ZoneRules& ZoneRules::utc() {
  static const ZoneRules rules(Duration{}, {});
  return rules;
}

std::size_t ZoneRules::stretch_at(Instant t) const {
  const auto later = std::upper_bound(
      transitions_.begin(), transitions_.end(), t,
      [](Instant at, const ZoneTransition& transition) { return at < transition.at; });
  return static_cast<std::size_t>(later - transitions_.begin());
}

Duration ZoneRules::offset_of(std::size_t stretch) const {
  CARILLON_CHECK(stretch <= transitions_.size());
  return stretch == 0 ? initial_ : transitions_[stretch - 1].after;
}

Duration ZoneRules::offset_at(Instant t) const { return offset_of(stretch_at(t)); }

LocalTime ZoneRules::to_local(Instant t) const {
  return LocalTime::from_ms((t + offset_at(t)).unix_ms());
}

ResolvedTime ZoneRules::resolve(LocalTime local) const {
  const Instant as_if_utc = Instant::from_unix_ms(local.ms());
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), local,
                                     [](LocalTime time, const ZoneTransition& transition) {
                                       return time < transition.local_end();
                                     });
  if (next == transitions_.end()) return UniqueTime{as_if_utc - offset_of(transitions_.size())};
  if (local < next->local_begin()) return UniqueTime{as_if_utc - next->before};
  if (next->is_gap()) return GapTime{*next};
  return FoldTime{
      .first = as_if_utc - next->before, .second = as_if_utc - next->after, .transition = *next};
}

std::optional<ZoneTransition> ZoneRules::next_transition(Instant t) const {
  const std::size_t stretch = stretch_at(t);
  if (stretch == transitions_.size()) return std::nullopt;
  return transitions_[stretch];
}

bool ZoneRules::same_from(const ZoneRules& other, Instant from) const {
  if (offset_at(from) != other.offset_at(from)) return false;
  const auto mine = transitions().subspan(stretch_at(from));
  const auto theirs = other.transitions().subspan(other.stretch_at(from));
  return std::ranges::equal(mine, theirs);
}

}  // namespace carillon
