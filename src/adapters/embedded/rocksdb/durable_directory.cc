#include "adapters/embedded/rocksdb/durable_directory.h"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace carillon {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path, std::string_view why) {
  return fail(ErrorCode::io_failed, fmt::format("Cannot {} {}: {}.", what, path.string(), why),
              "Check the path, its permissions and the disk.");
}

}  // namespace

Result<void> sync_path(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot("open", path, std::strerror(errno));
  const bool synced = ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!synced) return cannot("sync", path, std::strerror(error));
  return {};
}

Result<void> sync_tree(const fs::path& directory) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(directory, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (auto synced = sync_path(entry->path()); !synced) return synced;
  }
  if (error) return cannot("read", directory, error.message());
  if (auto synced = sync_path(directory); !synced) return synced;
  return sync_path(fs::absolute(directory, error).lexically_normal().parent_path());
}

Result<void> make_durable_directory(const fs::path& directory) {
  std::error_code error;
  const fs::path target = fs::absolute(directory, error).lexically_normal();
  if (error) return cannot("make", directory, error.message());
  std::vector<fs::path> missing;
  for (fs::path at = target; !fs::exists(at, error) && at.has_relative_path();
       at = at.parent_path()) {
    missing.push_back(at);
  }
  fs::create_directories(target, error);
  if (error) return cannot("make", directory, error.message());
  // From the top: a name is of no use without those above it.
  for (auto made = missing.rbegin(); made != missing.rend(); ++made) {
    if (made->filename().empty()) continue;
    if (auto synced = sync_path(made->parent_path()); !synced) return synced;
  }
  if (!missing.empty()) return {};
  // Whoever made it may have been killed before the sync. Where the directory above may not be
  // read, an administrator made it.
  const fs::path above =
      target.filename().empty() ? target.parent_path().parent_path() : target.parent_path();
  if (::access(above.c_str(), R_OK) != 0) return {};
  return sync_path(above);
}

}  // namespace carillon
