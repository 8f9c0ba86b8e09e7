#include "adapters/system/thread_priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace carillon {

void let_others_go_first() {
  // On Linux every thread has a niceness of its own. A refusal costs speed and nothing else.
  constexpr int kNice = 10;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

void let_others_run_now() { (void)sched_yield(); }

}  // namespace carillon
