#include "runtime/views/work_share.h"

#include <algorithm>

namespace carillon {
namespace {

// Less is not worth a sleep.
constexpr double kRestMinNs = 500'000;

// Time rested beyond what was owed is work in advance, but only so much of it.
constexpr double kAdvanceMaxNs = 2'000'000;

}  // namespace

void WorkShare::begin(std::int64_t now_ns) {
  seen_ns_ = now_ns;
  owed_ns_ = 0;
}

std::int64_t WorkShare::rest_ns(std::int64_t now_ns, double share) {
  // What is owed is worth less once the share has grown.
  if (owed_ns_ > 0 && share > share_) owed_ns_ *= (1 / share - 1) / (1 / share_ - 1);
  share_ = share;
  owed_ns_ += static_cast<double>(now_ns - seen_ns_) * (1 / share - 1);
  seen_ns_ = now_ns;
  return owed_ns_ < kRestMinNs ? 0 : static_cast<std::int64_t>(owed_ns_);
}

void WorkShare::rested(std::int64_t now_ns) {
  owed_ns_ = std::max(owed_ns_ - static_cast<double>(now_ns - seen_ns_), -kAdvanceMaxNs);
  seen_ns_ = now_ns;
}

}  // namespace carillon
