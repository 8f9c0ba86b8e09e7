// CronToken: a part of a cron expression that knows its column in the whole text. Value, pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace carillon {

struct CronToken {
  std::string_view text;
  std::uint32_t column = 1;  // 1-based

  [[nodiscard]] CronToken from(std::size_t offset) const {
    return {.text = text.substr(offset), .column = column + static_cast<std::uint32_t>(offset)};
  }
  [[nodiscard]] CronToken first(std::size_t count) const {
    return {.text = text.substr(0, count), .column = column};
  }
};

// The runs of characters between blanks and tabs.
std::vector<CronToken> split_fields(std::string_view text);

// The parts between commas; `5,` gives two, the second empty.
std::vector<CronToken> split_items(CronToken field);

}  // namespace carillon
