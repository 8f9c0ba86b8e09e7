// The name of a thread, as `top -H`, debuggers and profilers show it.
//
// Inline and without a port of its own: a name is no effect that a test would want to replace.
#pragma once

#include <pthread.h>

namespace carillon {

// Names the calling thread. Requires at most 15 characters; the kernel refuses more, and a thread
// without a name works as well.
inline void name_this_thread(const char* name) { (void)pthread_setname_np(pthread_self(), name); }

}  // namespace carillon
