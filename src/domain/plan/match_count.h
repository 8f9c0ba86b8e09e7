// How many local times several cron expressions match together, by day arithmetic. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "domain/cron/cron_expression.h"
#include "domain/zone/local_time.h"

namespace carillon {

// The number of different local times in [from, to) that at least one expression matches.
//
// Requires  at most 32 expressions.
// Cost      one step per month and per kind of day, some microseconds for the first and last day.
std::uint64_t count_matches(std::span<const CronExpression> crons, LocalTime from, LocalTime to);

}  // namespace carillon
