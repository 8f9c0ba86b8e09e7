// How the sanitizers behave in every program of a sanitized build; part of no other build.
//
// Built in instead of set by ctest, so that a program run by hand, or started by another with an
// empty environment, behaves the same. ASAN_OPTIONS, UBSAN_OPTIONS and TSAN_OPTIONS still win.
#include <string_view>

namespace carillon::sanitizers {
extern const std::string_view kThreadSuppressions;
}

// The runtimes look these names up; they are called before anything else in the process runs.
extern "C" {

// The exit code is TSan's, and none of carillon's own.
const char* __asan_default_options() {
  return "check_initialization_order=1:detect_stack_use_after_return=1:exitcode=66:"
         "strict_string_checks=1";
}

const char* __ubsan_default_options() { return "print_stacktrace=1"; }

const char* __tsan_default_options() { return "second_deadlock_stack=1:history_size=4"; }

const char* __tsan_default_suppressions() {
  return carillon::sanitizers::kThreadSuppressions.data();
}
}
