#include "domain/plan/dst_policy.h"

#include <utility>

#include "base/check.h"

namespace carillon {
namespace {

// Vixie cron treats changes of up to three hours as daylight saving and longer ones as a clock set
// right.
constexpr Duration kVixieShiftMax = Duration::hours(3);

}  // namespace

DstPolicy default_dst_policy(CronDialect dialect) {
  switch (dialect) {
    case CronDialect::spring:
      return {.gap = DstGap::skip, .overlap = DstOverlap::both};
    case CronDialect::unix_cron:
      return {.gap = DstGap::vixie, .overlap = DstOverlap::vixie};
    case CronDialect::quartz:
      // Quartz itself falls silent for the first pass of a fold with frequent expressions, a known
      // defect; vixie keeps its single run of a fixed time without that.
      return {.gap = DstGap::skip, .overlap = DstOverlap::vixie};
    case CronDialect::auto_detect:
      break;
  }
  check_failed("dialect is resolved", __FILE__, __LINE__, "auto has no daylight saving policy");
}

DstGap gap_rule(DstGap policy, CronShape shape, Duration length) {
  if (policy != DstGap::vixie) return policy;
  const bool runs = length <= kVixieShiftMax && shape == CronShape::fixed;
  return runs ? DstGap::run_after : DstGap::skip;
}

DstOverlap overlap_rule(DstOverlap policy, CronShape shape, Duration length) {
  if (policy != DstOverlap::vixie) return policy;
  const bool once = length <= kVixieShiftMax && shape == CronShape::fixed;
  return once ? DstOverlap::first : DstOverlap::both;
}

}  // namespace carillon
