// The items that only the day fields know: L, L-n, LW, L-nW, nW, dL, d#k. Part of the cron parser.
#pragma once

#include "domain/cron/cron_expression.h"
#include "domain/cron/cron_token.h"
#include "domain/cron/field_scope.h"

namespace carillon {

// True when an item of a day field is written with L, W or #, and so belongs here.
bool is_day_item(CronField field, CronToken item);

// Adds what the item means; on failure notes its faults. Requires is_day_item and spring or quartz.
void parse_day_item(const FieldScope& scope, CronToken item, CronDays& days);

// The fault of such an item in unix cron, which has none of them.
void refuse_day_item(const FieldScope& scope, CronToken item);

// The fault of such an item beside others in quartz, which loses or refuses it.
void refuse_in_list(const FieldScope& scope, CronToken item);

}  // namespace carillon
