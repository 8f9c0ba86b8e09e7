#include "executors/files/file_sweep.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "executors/files/sandboxed_files.h"

namespace carillon {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kNamesMax = 20;

using Listing = std::unique_ptr<DIR, decltype([](DIR* list) { closedir(list); })>;

class Sweep {
 public:
  Sweep(const SweepRules& rules, const std::function<bool()>& is_stopped)
      : rules_(rules), is_stopped_(is_stopped) {}

  // False when stopped.
  bool enter(int directory, const std::string& path, int depth) {
    // A listing has a position, so it gets a descriptor of its own.
    auto own = open_beneath(directory, ".", O_RDONLY | O_DIRECTORY, RESOLVE_NO_XDEV);
    const Listing list(own ? fdopendir(own->release()) : nullptr);
    if (!list) {
      ++report_.failed;
      return true;
    }
    while (const dirent* entry = readdir(list.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (is_stopped_()) return false;
      if (!take(dirfd(list.get()), name, path, depth)) return false;
    }
    return true;
  }

  SweepReport report() && { return std::move(report_); }

 private:
  bool take(int directory, const std::string& name, const std::string& path, int depth) {
    struct stat info{};
    if (fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return true;
    const std::string below = path.empty() ? name : fmt::format("{}/{}", path, name);
    if (S_ISREG(info.st_mode)) {
      ++report_.looked_at;
      if (matches(info, below)) remove(directory, name, below, info);
      return true;
    }
    if (!S_ISDIR(info.st_mode) || rules_.depth == SweepDepth::one_directory) return true;
    const auto child = depth < kDepthMax
                           ? open_beneath(directory, name, O_RDONLY | O_DIRECTORY, RESOLVE_NO_XDEV)
                           : fail(ErrorCode::io_failed, "too deep");
    if (!child) {
      ++report_.failed;
      return true;
    }
    return enter(child->get(), below, depth + 1);
  }

  [[nodiscard]] bool matches(const struct stat& info, const std::string& below) const {
    const Instant changed = Instant::from_unix_ms(std::int64_t{info.st_mtim.tv_sec} * 1000 +
                                                  info.st_mtim.tv_nsec / 1'000'000);
    if (rules_.changed_before && changed >= *rules_.changed_before) return false;
    if (static_cast<std::uint64_t>(info.st_size) < rules_.bytes_min) return false;
    return !rules_.pattern || rules_.pattern->matches(below);
  }

  void remove(int directory, const std::string& name, const std::string& below,
              const struct stat& info) {
    if (rules_.mode == SweepMode::remove && unlinkat(directory, name.c_str(), 0) != 0) {
      ++report_.failed;
      return;
    }
    ++report_.removed;
    report_.bytes += static_cast<std::uint64_t>(info.st_size);
    if (report_.names.size() < kNamesMax) report_.names.push_back(escape_control(below));
  }

  const SweepRules& rules_;
  const std::function<bool()>& is_stopped_;
  SweepReport report_;
};

}  // namespace

Result<SweepReport> sweep(int directory, const SweepRules& rules,
                          const std::function<bool()>& is_stopped) {
  Sweep work(rules, is_stopped);
  if (!work.enter(directory, "", 0))
    return fail(ErrorCode::timed_out, "Removing files was stopped.");
  return std::move(work).report();
}

}  // namespace carillon
