#include "adapters/embedded/rocksdb/free_space.h"

#include <limits>

#include <fmt/format.h>
#include <sys/statvfs.h>

namespace carillon {

Result<void> FreeSpace::check() {
  const auto now = std::chrono::steady_clock::now();
  if (asked_ == std::chrono::steady_clock::time_point{} ||
      now - asked_ >= std::chrono::milliseconds(100)) {
    return check_now();
  }
  if (free_ >= bytes_min_) return {};
  return fail(
      ErrorCode::storage_full,
      fmt::format("The disk has {} MiB left; {} MiB are kept free.", free_ >> 20, bytes_min_ >> 20),
      "Make room on the disk of the data directory.");
}

Result<void> FreeSpace::check_now() {
  struct statvfs space{};
  // A file system that does not tell is left to fail by itself.
  free_ = ::statvfs(directory_.c_str(), &space) == 0
              ? static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize
              : std::numeric_limits<std::uint64_t>::max();
  asked_ = std::chrono::steady_clock::now();
  return check();
}

}  // namespace carillon
