// The interposed calls: each asks the shim first, makes the real call and says what it did.
#include <cerrno>
#include <cstdarg>
#include <string>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "real_calls.h"
#include "shim.h"

using crash_shim::Call;
using crash_shim::Change;
using crash_shim::real;
using crash_shim::Step;
using crash_shim::watched_file;
using crash_shim::watched_path;

namespace {

// A path as the calls that end in "at" take it.
struct Place {
  int directory = AT_FDCWD;
  const char* path = nullptr;
};

bool exists(Place place) {
  struct stat info{};
  return ::fstatat(place.directory, place.path, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

std::uint64_t size_of(int file) {
  struct stat info{};
  return ::fstat(file, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

// Where the next write(2) goes.
std::uint64_t position_of(int file) {
  if ((::fcntl(file, F_GETFL) & O_APPEND) != 0) return size_of(file);
  const off_t at = ::lseek(file, 0, SEEK_CUR);
  return at < 0 ? 0 : static_cast<std::uint64_t>(at);
}

// Opens by `open_it`; making or emptying a file is a step.
template <class Open>
int opened(Place place, int flags, Open open_it) {
  auto watched = watched_path(place.directory, place.path);
  if (!watched) return open_it();
  Call call{.verb = "open", .path = *std::move(watched), .to = {}, .bytes = {}};
  const bool found = exists(place);
  if ((flags & O_CREAT) != 0 && !found) {
    call.change = Change::create;
    call.verb = "create";
  } else if ((flags & O_TRUNC) != 0 && found) {
    call.change = Change::truncate;
    call.verb = "truncate";
  }
  Step step(std::move(call));
  if (step.fails()) return -1;
  const int file = open_it();
  if (file >= 0) step.done();
  return file;
}

template <class Write>
ssize_t written(int file, std::uint64_t (*at)(int), std::string_view bytes, Write write_it) {
  auto watched = watched_file(file);
  if (!watched) return write_it();
  Step step({.change = Change::write,
             .verb = "write",
             .path = *std::move(watched),
             .to = {},
             .offset = at == nullptr ? 0 : at(file),
             .bytes = {}});
  if (step.fails()) return -1;
  const ssize_t count = write_it();
  if (count > 0) step.done(bytes.substr(0, static_cast<std::size_t>(count)));
  return count;
}

ssize_t written_at(int file, const void* bytes, std::size_t size, off_t offset) {
  auto watched = watched_file(file);
  if (!watched) return real().pwrite(file, bytes, size, offset);
  Step step({.change = Change::write,
             .verb = "write",
             .path = *std::move(watched),
             .to = {},
             .offset = static_cast<std::uint64_t>(offset),
             .bytes = {}});
  if (step.fails()) return -1;
  const ssize_t count = real().pwrite(file, bytes, size, offset);
  if (count > 0) step.done({static_cast<const char*>(bytes), static_cast<std::size_t>(count)});
  return count;
}

std::string joined(const iovec* parts, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return bytes;
}

template <class Sync>
int synced(std::optional<std::string> watched, Sync sync_it) {
  if (!watched) return sync_it();
  Step step(
      {.change = Change::sync, .verb = "sync", .path = *std::move(watched), .to = {}, .bytes = {}});
  if (step.fails()) return -1;
  const int result = sync_it();
  if (result == 0) step.done();
  return result;
}

template <class Do>
int sized(int file, std::string_view verb, std::uint64_t size, Do do_it) {
  auto watched = watched_file(file);
  if (!watched) return do_it();
  Step step({.change = size == size_of(file) ? Change::none : Change::truncate,
             .verb = verb,
             .path = *std::move(watched),
             .to = {},
             .offset = size,
             .bytes = {}});
  if (step.fails()) return -1;
  const int result = do_it();
  if (result == 0) step.done();
  return result;
}

template <class Rename>
int moved(Change change, Place from, Place to, Rename rename_it) {
  auto source = watched_path(from.directory, from.path);
  auto target = watched_path(to.directory, to.path);
  if (!source || !target) return rename_it();
  Step step({.change = change,
             .verb = change == Change::rename ? "rename" : "link",
             .path = *std::move(source),
             .to = *std::move(target),
             .bytes = {}});
  if (step.fails()) return -1;
  const int result = rename_it();
  if (result == 0) step.done();
  return result;
}

template <class Do>
int named(Change change, std::string_view verb, Place place, Do do_it) {
  auto watched = watched_path(place.directory, place.path);
  if (!watched) return do_it();
  Step step({.change = change, .verb = verb, .path = *std::move(watched), .to = {}, .bytes = {}});
  if (step.fails()) return -1;
  const int result = do_it();
  if (result == 0) step.done();
  return result;
}

mode_t mode_of(int flags, va_list& rest) {
  return (flags & (O_CREAT | O_TMPFILE)) == 0 ? 0 : va_arg(rest, mode_t);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened({.path = path}, flags, [&] { return real().open(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened({.path = path}, flags, [&] { return real().open(path, flags, mode); });
}

int openat(int directory, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened({directory, path}, flags,
                [&] { return real().openat(directory, path, flags, mode); });
}

int openat64(int directory, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened({directory, path}, flags,
                [&] { return real().openat(directory, path, flags, mode); });
}

int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return creat(path, mode); }

// glibc has no openat2, so it comes this way.
long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  const long a = va_arg(rest, long);
  const long b = va_arg(rest, long);
  const long c = va_arg(rest, long);
  const long d = va_arg(rest, long);
  const long e = va_arg(rest, long);
  const long f = va_arg(rest, long);
  va_end(rest);
  const auto call = [&] { return real().syscall(number, a, b, c, d, e, f); };
  if (number != SYS_openat2) return call();
  const auto* how = reinterpret_cast<const open_how*>(c);
  return opened({static_cast<int>(a), reinterpret_cast<const char*>(b)},
                static_cast<int>(how->flags), [&] { return static_cast<int>(call()); });
}

ssize_t write(int file, const void* bytes, std::size_t size) {
  return written(file, position_of, {static_cast<const char*>(bytes), size},
                 [&] { return real().write(file, bytes, size); });
}

ssize_t writev(int file, const iovec* parts, int count) {
  const std::string bytes = watched_file(file) ? joined(parts, count) : std::string();
  return written(file, position_of, bytes, [&] { return real().writev(file, parts, count); });
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t offset) {
  return written_at(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, std::size_t size, off_t offset) {
  return written_at(file, bytes, size, offset);
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) {
  if (!watched_file(file)) return real().pwritev(file, parts, count, offset);
  const std::string bytes = joined(parts, count);
  return written_at(file, bytes.data(), bytes.size(), offset);
}

ssize_t pwritev64(int file, const iovec* parts, int count, off_t offset) {
  return pwritev(file, parts, count, offset);
}

int fsync(int file) {
  return synced(watched_file(file), [&] { return real().fsync(file); });
}

int fdatasync(int file) {
  return synced(watched_file(file), [&] { return real().fdatasync(file); });
}

int msync(void* memory, std::size_t bytes, int flags) {
  return synced(crash_shim::mapped_path(memory),
                [&] { return real().msync(memory, bytes, flags); });
}

// Starts writing and promises nothing, so it is a call but no step.
int sync_file_range(int file, off_t from, off_t bytes, unsigned flags) {
  return sized(file, "flush", size_of(file),
               [&] { return real().sync_file_range(file, from, bytes, flags); });
}

int ftruncate(int file, off_t size) {
  return sized(file, "truncate", static_cast<std::uint64_t>(size),
               [&] { return real().ftruncate(file, size); });
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int fallocate(int file, int mode, off_t from, off_t bytes) {
  const auto end = static_cast<std::uint64_t>(from + bytes);
  const bool grows = mode == 0 && end > size_of(file);
  return sized(file, "allocate", grows ? end : size_of(file),
               [&] { return real().fallocate(file, mode, from, bytes); });
}

int fallocate64(int file, int mode, off_t from, off_t bytes) {
  return fallocate(file, mode, from, bytes);
}

int posix_fallocate(int file, off_t from, off_t bytes) {
  return fallocate(file, 0, from, bytes) == 0 ? 0 : errno;
}

int posix_fallocate64(int file, off_t from, off_t bytes) {
  return posix_fallocate(file, from, bytes);
}

int rename(const char* from, const char* to) noexcept {
  return moved(Change::rename, {.path = from}, {.path = to},
               [&] { return real().rename(from, to); });
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return moved(Change::rename, {from_directory, from}, {to_directory, to},
               [&] { return real().renameat(from_directory, from, to_directory, to); });
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
  return moved(Change::rename, {from_directory, from}, {to_directory, to},
               [&] { return real().renameat2(from_directory, from, to_directory, to, flags); });
}

int link(const char* from, const char* to) noexcept {
  return moved(Change::link, {.path = from}, {.path = to}, [&] { return real().link(from, to); });
}

int unlink(const char* path) noexcept {
  return named(Change::unlink, "unlink", {.path = path}, [&] { return real().unlink(path); });
}

int unlinkat(int directory, const char* path, int flags) noexcept {
  return named(Change::unlink, "unlink", {directory, path},
               [&] { return real().unlinkat(directory, path, flags); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return named(Change::make_directory, "mkdir", {.path = path},
               [&] { return real().mkdir(path, mode); });
}

void* mmap(void* hint, std::size_t bytes, int protection, int flags, int file,
           off_t offset) noexcept {
  void* const memory = real().mmap(hint, bytes, protection, flags, file, offset);
  // SQLite's shared memory is of no use after a crash; only small files of our own are followed.
  const bool shared = (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0;
  if (memory == MAP_FAILED || file < 0 || !shared) return memory;
  auto watched = watched_file(file);
  if (watched && !watched->ends_with("-shm") && offset == 0 && bytes <= 4096) {
    crash_shim::add_mapping(memory, bytes, *std::move(watched));
  }
  return memory;
}

void* mmap64(void* hint, std::size_t bytes, int protection, int flags, int file,
             off_t offset) noexcept {
  return mmap(hint, bytes, protection, flags, file, offset);
}

int munmap(void* memory, std::size_t bytes) noexcept {
  crash_shim::remove_mapping(memory);
  return real().munmap(memory, bytes);
}

}  // extern "C"
