// The items that every field knows: `*`, a value, a range, each with a step. Part of the cron
// parser.
#pragma once

#include <bitset>
#include <optional>

#include "domain/cron/cron_expression.h"
#include "domain/cron/cron_token.h"
#include "domain/cron/field_scope.h"

namespace carillon {

// Large enough for the years, which are the longest field.
using CronValueSet = CronYears;

// Reads one number or name of the field; on failure notes a fault.
std::optional<int> parse_value(const FieldScope& scope, CronToken token);

// Reads decimal digits, 1 to 4 of them; on failure notes a fault.
std::optional<int> parse_number(const FieldScope& scope, CronToken token);

// Adds the members that one item names; on failure notes its faults.
void parse_value_item(const FieldScope& scope, CronToken item, CronValueSet& members);

}  // namespace carillon
