#include "adapters/system/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace carillon {

void let_others_go_first() {
  // On Linux every thread has a niceness of its own. A refusal costs speed and nothing else.
  constexpr int kNice = 10;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

}  // namespace carillon
