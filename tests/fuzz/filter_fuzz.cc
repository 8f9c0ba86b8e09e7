// Any bytes as a filter: read or refused, and what was read survives print and read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "domain/filter/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Instant now = Instant::from_unix_ms(1'767'225'600'000);
  const auto filter = parse_filter(text, now);
  if (!filter) return 0;
  const std::string printed = print_filter(*filter);
  if (printed.size() > kFilterBytes) return 0;
  const auto again = parse_filter(printed, now);
  CARILLON_CHECK(again.has_value() && *again == *filter, printed);
  return 0;
}
