// Text of a cron expression -> CronExpression, for the dialects spring, unix and quartz. Pure.
//
// The rules are those of docs/use/cron.md: what a dialect's reference accepts means the same here,
// and what it would refuse, lose or repeat is refused with a hint.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cron/cron_dialect.h"
#include "domain/cron/cron_expression.h"
#include "domain/cron/cron_fault.h"

namespace carillon {

inline constexpr std::size_t kCronTextMax = 512;  // Characters.
inline constexpr std::size_t kCronsMax = 16;      // Expressions in one schedule.

struct ParsedCron {
  CronExpression expression;
  CronDialect dialect = CronDialect::spring;  // Resolved, never auto_detect.
  std::vector<CronWarning> warnings;
};

using CronFaults = std::vector<CronFault>;  // Never empty; ordered by position.

// Parses one expression; auto_detect lets the number of fields decide.
//
// Errors  every fault of the expression, each with one of the cron_* codes
std::expected<ParsedCron, CronFaults> parse_cron(std::string_view text, CronDialect dialect);

struct ParsedCrons {
  std::vector<CronExpression> expressions;  // In the order of the texts.
  CronDialect dialect = CronDialect::spring;
  std::vector<std::vector<CronWarning>> warnings;  // One list per text.
};

// The faults of one text of a list.
struct CronListFault {
  std::size_t index = 0;
  CronFaults faults;
};

// Parses all expressions of a schedule as one dialect. With auto_detect their numbers of fields
// must agree; a macro joins the others.
//
// Requires  1 to kCronsMax texts.
// Errors    the faults of every text that has some
std::expected<ParsedCrons, std::vector<CronListFault>> parse_crons(
    std::span<const std::string> texts, CronDialect dialect);

}  // namespace carillon
