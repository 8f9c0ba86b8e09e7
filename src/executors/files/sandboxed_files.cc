#include "executors/files/sandboxed_files.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr mode_t kFileMode = 0640;

std::unexpected<Error> open_error(int error, std::string_view path) {
  const std::string shown = escape_control(path);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(ErrorCode::not_found, fmt::format("There is no {}.", shown),
                  "Name a path below executors.data-root.");
    case EXDEV:
    case ELOOP:
      return fail(ErrorCode::forbidden,
                  fmt::format("{} leads outside its root or over a symbolic link.", shown),
                  "Name a real path below executors.data-root.");
    case ENOSYS:
      return fail(ErrorCode::unavailable, "This kernel cannot open files below a root safely.",
                  "Run on Linux 5.6 or newer.");
    case ENOSPC:
    case EDQUOT:
      return fail(ErrorCode::storage_full, "The disk is full.");
    default:
      return fail(ErrorCode::io_failed, fmt::format("{}: {}.", shown, std::strerror(error)));
  }
}

int openat2_beneath(int directory, const char* path, int flags, unsigned long long resolve_more) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC | O_NOCTTY);
  if ((flags & O_CREAT) != 0) how.mode = kFileMode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | resolve_more;
  long fd = -1;
  do {
    // EAGAIN: a rename elsewhere raced with the resolution; the kernel asks to try again.
    fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(fd);
}

Result<void> require_regular(int fd, std::string_view path) {
  struct stat info{};
  if (fstat(fd, &info) != 0) return open_error(errno, path);
  if (S_ISREG(info.st_mode)) return {};
  return fail(ErrorCode::invalid_value, fmt::format("{} is not a file.", escape_control(path)),
              "Name a regular file.");
}

Result<void> check_text(const std::string& path) {
  if (!path.empty() && path.size() < 4096 && path.find('\0') == std::string::npos) return {};
  return fail(ErrorCode::invalid_value, "A path is empty, too long or holds a NUL character.");
}

}  // namespace

Result<UniqueFd> open_beneath(int directory, const std::string& path, int flags,
                              unsigned long long resolve_more) {
  UniqueFd fd(openat2_beneath(directory, path.c_str(), flags, resolve_more));
  if (!fd.is_open()) return open_error(errno, path);
  return fd;
}

PendingFile::PendingFile(UniqueFd directory, UniqueFd file, std::string temporary, std::string name)
    : directory_(std::move(directory)),
      file_(std::move(file)),
      temporary_(std::move(temporary)),
      name_(std::move(name)) {}

PendingFile::~PendingFile() {
  if (directory_.is_open()) unlinkat(directory_.get(), temporary_.c_str(), 0);
}

Result<void> PendingFile::write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<void>{} : flush();
}

Result<void> PendingFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t count = ::write(file_.get(), left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return open_error(errno, name_);
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
  return {};
}

Result<void> PendingFile::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (fsync(file_.get()) != 0) return open_error(errno, name_);
  if (renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0) {
    return open_error(errno, name_);
  }
  fsync(directory_.get());
  directory_.reset();  // Nothing is left to remove.
  return {};
}

Result<SandboxedFiles> SandboxedFiles::open(const FileOptions& options) {
  SandboxedFiles files;
  std::error_code ignored;
  std::filesystem::create_directories(options.data_root, ignored);
  std::vector<std::string> paths{options.data_root};
  paths.insert(paths.end(), options.roots.begin(), options.roots.end());
  for (std::string& path : paths) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open()) return open_error(errno, path);
    files.roots_.push_back({.path = path, .directory = std::move(directory)});
  }
  if (auto probe = open_beneath(files.roots_.front().directory.get(), ".", O_RDONLY | O_DIRECTORY);
      !probe) {
    return std::unexpected(std::move(probe.error()));
  }
  return files;
}

Result<SandboxedFiles::Place> SandboxedFiles::place_of(const std::string& path) const {
  if (auto checked = check_text(path); !checked) return std::unexpected(checked.error());
  if (!path.starts_with('/')) return Place{.root = roots_.front().directory.get(), .below = path};
  // The text only selects a root; the kernel then keeps the rest below it.
  for (const Root& root : roots_) {
    if (path == root.path) return Place{.root = root.directory.get(), .below = "."};
    if (path.starts_with(root.path) && path[root.path.size()] == '/') {
      const std::size_t begin = path.find_first_not_of('/', root.path.size());
      return Place{.root = root.directory.get(),
                   .below = begin == std::string::npos ? "." : path.substr(begin)};
    }
  }
  return fail(
      ErrorCode::forbidden,
      fmt::format("{} lies outside the directories that tasks may use.", escape_control(path)),
      "Name a path below executors.data-root or add a directory to executors.roots.");
}

Result<UniqueFd> SandboxedFiles::read(const std::string& path) const {
  const auto place = place_of(path);
  if (!place) return std::unexpected(place.error());
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  auto fd = open_beneath(place->root, place->below, O_RDONLY | O_NONBLOCK);
  if (!fd) return fd;
  if (auto regular = require_regular(fd->get(), path); !regular) {
    return std::unexpected(regular.error());
  }
  return fd;
}

Result<UniqueFd> SandboxedFiles::directory(const std::string& path) const {
  const auto place = place_of(path);
  if (!place) return std::unexpected(place.error());
  return open_beneath(place->root, place->below, O_RDONLY | O_DIRECTORY);
}

Result<PendingFile> SandboxedFiles::write(const std::string& path) const {
  const auto place = place_of(path);
  if (!place) return std::unexpected(place.error());
  const std::size_t slash = place->below.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : place->below.substr(0, slash);
  const std::string name =
      slash == std::string::npos ? place->below : place->below.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return fail(ErrorCode::invalid_value, fmt::format("{} names no file.", escape_control(path)));
  }
  auto directory = open_beneath(place->root, folder, O_RDONLY | O_DIRECTORY);
  if (!directory) return std::unexpected(std::move(directory.error()));
  static std::atomic<unsigned> counter{0};
  const std::string temporary = fmt::format(".{}.{}.partial", getpid(), counter.fetch_add(1));
  auto file = open_beneath(directory->get(), temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return std::unexpected(std::move(file.error()));
  return PendingFile(std::move(*directory), std::move(*file), temporary, name);
}

}  // namespace carillon
