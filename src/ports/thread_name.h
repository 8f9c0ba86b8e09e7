// The name of a thread, as `top -H`, debuggers and profilers show it, and how it stands back.
//
// Inline and without a port of their own: neither is an effect that a test would want to replace.
#pragma once

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace carillon {

// Names the calling thread. Requires at most 15 characters; the kernel refuses more, and a thread
// without a name works as well.
inline void name_this_thread(const char* name) { (void)pthread_setname_np(pthread_self(), name); }

// From now on the calling thread lets others go first where processors are short. What it does is
// done later then, and nothing else: it can still take an idle processor whole. On Linux a thread
// has a priority of its own. Cannot be taken back without rights that a server does not have.
inline void let_others_go_first() {
  constexpr int kNice = 10;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

}  // namespace carillon
