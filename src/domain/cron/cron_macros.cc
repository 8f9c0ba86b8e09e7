#include "domain/cron/cron_macros.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

struct Macro {
  std::string_view name;
  std::string_view unix_form;    // Spring's form has the second 0 in front.
  std::string_view quartz_form;  // For the hint; quartz itself has no macros.
};

constexpr std::array<Macro, 7> kMacros{{
    {"@yearly", "0 0 1 1 *", "0 0 0 1 1 ?"},
    {"@annually", "0 0 1 1 *", "0 0 0 1 1 ?"},
    {"@monthly", "0 0 1 * *", "0 0 0 1 * ?"},
    {"@weekly", "0 0 * * 0", "0 0 0 ? * SUN"},
    {"@daily", "0 0 * * *", "0 0 0 * * ?"},
    {"@midnight", "0 0 * * *", "0 0 0 * * ?"},
    {"@hourly", "0 * * * *", "0 0 * * * ?"},
}};

constexpr std::string_view kMacroNames = "Write @yearly, @monthly, @weekly, @daily or @hourly.";

// The macro's name: what stands before the first blank.
CronToken name_of(std::string_view text) {
  return {.text = text.substr(0, text.find_first_of(" \t")), .column = 1};
}

void refuse_unknown(const FieldScope& scope, CronToken name) {
  const std::string word = lower_ascii(name.text);
  if (word == "@reboot") {
    return scope.refuse(ErrorCode::cron_unsupported, name, "@reboot is not a moment in time.",
                        "A start hook is not a schedule; start the task when the system starts.");
  }
  if (word == "@every") {
    return scope.refuse(ErrorCode::cron_unsupported, name, "@every is not cron.",
                        "Set the field every, for example \"every\": \"PT5M\".");
  }
  scope.refuse(ErrorCode::cron_bad_token, name, fmt::format("{} is not a macro.", name.text),
               std::string(kMacroNames));
}

}  // namespace

bool is_macro(std::string_view text) { return text.starts_with('@'); }

std::string expand_macro(const FieldScope& scope, std::string_view text) {
  const CronToken name = name_of(text);
  const auto macro = std::ranges::find_if(
      kMacros, [&](const Macro& row) { return equal_ignoring_case(row.name, name.text); });
  if (macro == kMacros.end()) {
    refuse_unknown(scope, name);
    return {};
  }
  if (name.text.size() != text.size()) {
    scope.refuse(ErrorCode::cron_bad_token, name, "a macro stands alone.", "Remove the rest.");
    return {};
  }
  if (scope.dialect == CronDialect::quartz) {
    scope.refuse(ErrorCode::cron_unsupported, name, "quartz has no macros.",
                 fmt::format("Write `{}`.", macro->quartz_form));
    return {};
  }
  std::string expanded(macro->unix_form);
  if (scope.dialect == CronDialect::spring) expanded.insert(0, "0 ");
  return expanded;
}

}  // namespace carillon
