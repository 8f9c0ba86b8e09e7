// parse_crons: several expressions, one dialect.
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "domain/cron/cron_macros.h"
#include "domain/cron/cron_parser.h"
#include "domain/cron/cron_token.h"
#include "domain/cron/field_rules.h"

namespace carillon {
namespace {

// The dialect that `auto` takes for this text alone; nothing for a macro or a wrong count.
std::optional<CronDialect> own_dialect(std::string_view text) {
  const std::string_view inner = trimmed(text);
  if (is_macro(inner)) return std::nullopt;
  return dialect_of_count(split_fields(inner).size());
}

CronDialect common_dialect(std::span<const std::string> texts) {
  for (const std::string& text : texts) {
    if (const std::optional<CronDialect> dialect = own_dialect(text)) return *dialect;
  }
  return CronDialect::auto_detect;
}

CronFault mixed_counts(std::string_view text, CronDialect common) {
  return {.code = ErrorCode::cron_field_count,
          .field = CronField::whole,
          .position = 1,
          .token = std::string(text),
          .message = fmt::format("this expression is {} by its number of fields, the first one {}.",
                                 word_of(*own_dialect(text)), word_of(common)),
          .hint = "Write all expressions of crons in one dialect."};
}

std::expected<ParsedCron, CronFaults> parse_one(std::string_view text, CronDialect requested,
                                                CronDialect common) {
  if (requested != CronDialect::auto_detect) return parse_cron(text, requested);
  if (is_macro(trimmed(text))) return parse_cron(text, common);  // A macro joins the others.
  const std::optional<CronDialect> own = own_dialect(text);
  if (own && own != common) return std::unexpected(CronFaults{mixed_counts(text, common)});
  return parse_cron(text, CronDialect::auto_detect);
}

}  // namespace

std::expected<ParsedCrons, std::vector<CronListFault>> parse_crons(
    std::span<const std::string> texts, CronDialect dialect) {
  CARILLON_CHECK(!texts.empty() && texts.size() <= kCronsMax);
  const CronDialect common = common_dialect(texts);
  ParsedCrons parsed;
  std::vector<CronListFault> faults;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::expected<ParsedCron, CronFaults> one = parse_one(texts[i], dialect, common);
    if (!one) {
      faults.push_back({.index = i, .faults = std::move(one.error())});
      continue;
    }
    parsed.dialect = one->dialect;
    parsed.expressions.push_back(std::move(one->expression));
    parsed.warnings.push_back(std::move(one->warnings));
  }
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return parsed;
}

}  // namespace carillon
