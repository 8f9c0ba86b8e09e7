// What the kernel can take away from a process for good. Linux only; used by the sandbox helper.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace carillon {

// From now on files can be read and executed below `readable`, and everything done below the open
// directory; nothing else can be opened. Directories that do not exist are passed over. Without
// Landlock in the kernel nothing happens.
//
// Errors  io_failed  the kernel has Landlock and refused
Result<void> confine_files(const std::vector<std::string>& readable, int work_directory);

// From now on neither this process nor a child can leave its process group or session, so that a
// kill of the group reaches all of them. Where the processor's calls are not known, nothing
// happens.
//
// Requires  no_new_privs is set
// Errors    io_failed
Result<void> stay_in_group();

}  // namespace carillon
