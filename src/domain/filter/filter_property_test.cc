#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/filter/filter.h"

namespace carillon {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);

void must_read_back(const std::string& text) {
  const auto filter = parse_filter(text, kNow);
  if (!filter) {
    RC_ASSERT(!filter.error().message.empty());
    return;
  }
  const std::string printed = print_filter(*filter);
  if (printed.size() > kFilterBytes) return;
  const auto again = parse_filter(printed, kNow);
  RC_LOG() << "printed: " << printed << "\n";
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == *filter);
}

RC_GTEST_PROP(FilterProperty, any_bytes_are_read_or_refused, (const std::string& text)) {
  must_read_back(text);
}

// Pieces of the grammar in any order reach far more of the reader than random bytes do.
RC_GTEST_PROP(FilterProperty, any_sequence_of_tokens_is_read_or_refused, ()) {
  const auto tokens = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "\"b c\"", "name", "name:x", "name~", ":", "~", "<", ">=", "created>-1h",
      "next<2026-01-01", "status:failed", "tag:a,b", "param.x.y:1", "priority>=5", "parent:any",
      "(", ")", " ", " ", " ", " OR ", "OR", "AND", "-", "\\", "\"", ",", "ä"));
  std::string text;
  for (const std::string& token : tokens) text += token;
  must_read_back(text);
}

}  // namespace
}  // namespace carillon
