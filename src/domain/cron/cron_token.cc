#include "domain/cron/cron_token.h"

namespace carillon {

std::vector<CronToken> split_fields(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  std::vector<CronToken> fields;
  CronToken rest{.text = text, .column = 1};
  while (true) {
    const std::size_t begin = rest.text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return fields;
    rest = rest.from(begin);
    const std::size_t end = rest.text.find_first_of(kBlank);
    if (end == std::string_view::npos) {
      fields.push_back(rest);
      return fields;
    }
    fields.push_back(rest.first(end));
    rest = rest.from(end);
  }
}

std::vector<CronToken> split_items(CronToken field) {
  std::vector<CronToken> items;
  while (true) {
    const std::size_t comma = field.text.find(',');
    if (comma == std::string_view::npos) {
      items.push_back(field);
      return items;
    }
    items.push_back(field.first(comma));
    field = field.from(comma + 1);
  }
}

}  // namespace carillon
