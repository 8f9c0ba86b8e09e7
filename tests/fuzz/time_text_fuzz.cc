// Any text as a duration, an instant or an id: refused, or a value whose own text reads back to it.
// Instants are read a second time by the C library.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/duration_text.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "base/uuid.h"
#include "domain/id/ids.h"

namespace {

using namespace carillon;

void check_error(const Error& error) {
  CARILLON_CHECK(error.code == ErrorCode::invalid_value, "the value is at fault");
  CARILLON_CHECK(escape_control(error.message) == error.message, "a fault is one line");
  CARILLON_CHECK(escape_control(error.hint) == error.hint, "a hint is one line");
}

void check_duration(const Result<Duration>& read) {
  if (!read) return check_error(read.error());
  CARILLON_CHECK(*read >= Duration{} && *read <= Duration::days(100'000), "within the bound");
  const auto again = parse_iso_duration(to_iso_text(*read));
  CARILLON_CHECK(again && *again == *read, "the shortest form means the same");
}

// The instant by sscanf and timegm, which know no bounds and no fractions beyond what is given.
std::int64_t naive_unix_ms(const std::string& text) {
  std::tm fields{};
  int used = 0;
  std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &fields.tm_year, &fields.tm_mon,
              &fields.tm_mday, &fields.tm_hour, &fields.tm_min, &fields.tm_sec, &used);
  fields.tm_year -= 1900;
  fields.tm_mon -= 1;
  std::int64_t ms = timegm(&fields) * 1000;
  std::size_t at = static_cast<std::size_t>(used);
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = 100;
    bool rest = false;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      ms += (text[at] - '0') * unit;
      rest = rest || (unit == 0 && text[at] != '0');
    }
    ms += rest ? 1 : 0;
  }
  int hours = 0;
  int minutes = 0;
  if (std::sscanf(text.c_str() + at, "%*1[+-]%2d:%2d", &hours, &minutes) == 2) {
    ms += (text[at] == '-' ? 1 : -1) * (hours * 60 + minutes) * 60'000;
  }
  return ms;
}

void check_instant(std::string_view text) {
  const auto read = parse_rfc3339(text);
  if (!read) return check_error(read.error());
  CARILLON_CHECK(read->unix_ms() >= 0 && *read <= kInstantMax, "within the bound");
  CARILLON_CHECK(read->unix_ms() == naive_unix_ms(std::string(text)), "the second reading agrees");
  const auto again = parse_rfc3339(to_rfc3339(*read));
  CARILLON_CHECK(again && *again == *read, "what is written means the same");
}

template <class Id>
void check_id(const std::optional<Id>& id, std::string_view text) {
  if (id) CARILLON_CHECK(to_text(*id) == lower_ascii(text), "an id has one spelling");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_duration(parse_iso_duration(text));
  check_duration(parse_short_duration(text));
  check_instant(text);
  check_id(parse_task_id(text), text);
  check_id(parse_run_id(text), text);
  check_id(parse_attempt_id(text), text);
  check_id(parse_slot_id(text), text);
  return 0;
}
