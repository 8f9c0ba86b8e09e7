// CARILLON_CHECK: stops the process when a condition that only our own mistake can break is broken.
//
// On in every build. It fires before anything is written, so a wrong state never becomes durable.
// What a user or the world can cause is never a check; it is a Result (base/result.h).
#pragma once

#include <string_view>

namespace carillon {

// Prints the failed condition, its place and the detail to stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               std::string_view detail);

}  // namespace carillon

// CARILLON_CHECK(cond) or CARILLON_CHECK(cond, "detail"); the detail is built only on failure.
#define CARILLON_CHECK(condition, ...)                                                         \
  do {                                                                                         \
    if (!(condition)) [[unlikely]] {                                                           \
      ::carillon::check_failed(#condition, __FILE__, __LINE__, std::string_view{__VA_ARGS__}); \
    }                                                                                          \
  } while (false)
