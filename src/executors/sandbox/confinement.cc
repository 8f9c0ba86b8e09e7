#include "executors/sandbox/confinement.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "executors/files/unique_fd.h"

namespace carillon {
namespace {

// Newer than the headers of some systems that run newer kernels.
constexpr std::uint64_t kAccessTruncate = std::uint64_t{1} << 14;  // ABI 3.
constexpr std::uint64_t kAccessIoctl = std::uint64_t{1} << 15;     // ABI 5.

constexpr std::uint64_t kReadAndRun =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kReadAndWrite =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

// Rights that a file, not a directory, can have.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                   LANDLOCK_ACCESS_FS_WRITE_FILE | kAccessTruncate | kAccessIoctl;

std::unexpected<Error> kernel_refused(std::string_view what) {
  return fail(ErrorCode::io_failed, fmt::format("{}: {}.", what, std::strerror(errno)));
}

// Every right that this kernel's Landlock knows.
std::uint64_t all_rights(long abi) {
  std::uint64_t rights = (std::uint64_t{1} << 13) - 1;
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= kAccessTruncate;
  if (abi >= 5) rights |= kAccessIoctl;
  return rights;
}

Result<void> allow(int ruleset, int place, std::uint64_t rights) {
  struct stat info{};
  if (fstat(place, &info) != 0) return kernel_refused("fstat");
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(info.st_mode) ? rights : rights & kOfFiles;
  rule.parent_fd = place;
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return kernel_refused("landlock_add_rule");
  }
  return {};
}

Result<void> allow_path(int ruleset, const std::string& path, std::uint64_t rights) {
  const UniqueFd place(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.is_open()) return {};
  return allow(ruleset, place.get(), rights);
}

}  // namespace

Result<void> confine_files(const std::vector<std::string>& readable, int work_directory) {
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return {};
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = all_rights(abi);
  const UniqueFd ruleset(static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0)));
  if (!ruleset.is_open()) return kernel_refused("landlock_create_ruleset");
  for (const std::string& path : readable) {
    if (auto done = allow_path(ruleset.get(), path, kReadAndRun); !done) return done;
  }
  for (const char* device :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    if (auto done = allow_path(ruleset.get(), device, kReadAndWrite); !done) return done;
  }
  if (auto done = allow(ruleset.get(), work_directory, all_rights(abi)); !done) return done;
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return kernel_refused("landlock_restrict_self");
  }
  return {};
}

Result<void> stay_in_group() {
#if defined(__x86_64__) || defined(__aarch64__)
#if defined(__x86_64__)
  constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
  constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif
  constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
  constexpr std::uint32_t kX32Calls = 0x40000000;  // The same calls under other numbers.
  std::array<sock_filter, 9> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, kRefuse),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32Calls, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setsid, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setpgid, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, kRefuse),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) return kernel_refused("seccomp");
#endif
  return {};
}

}  // namespace carillon
