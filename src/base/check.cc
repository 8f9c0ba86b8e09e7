#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace carillon {

void check_failed(const char* condition, const char* file, int line, std::string_view detail) {
  std::fprintf(stderr, "carillon: internal check failed: %s (%s:%d) %.*s\n", condition, file, line,
               static_cast<int>(detail.size()), detail.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace carillon
