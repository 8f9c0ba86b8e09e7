#include "shim.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "paths.h"
#include "real_calls.h"

namespace crash_shim {
namespace {

// The n-th call or step whose name matches.
struct Trigger {
  std::string pattern;
  std::uint64_t at = 0;
  std::uint64_t seen = 0;

  bool counts(const std::string& name) {
    if (at == 0 || ::fnmatch(pattern.c_str(), name.c_str(), 0) != 0) return false;
    ++seen;
    return true;
  }
};

struct Mapping {
  void* memory;
  std::size_t bytes;
  std::string path;
  std::string known;
};

struct State {
  // Recursive, because a real call may come back through another interposed one.
  std::recursive_mutex lock;
  std::string root;
  int names = -1;
  int log = -1;
  std::uint64_t* count = nullptr;
  std::uint64_t* matched = nullptr;
  Trigger kill;
  bool kill_after = false;
  Trigger fail;
  int fail_errno = 0;
  bool fail_on = false;
  std::vector<Mapping> mappings;
};

std::atomic<bool> g_on{false};
std::atomic<bool> g_memory{false};

State& state() {
  static State* const kept = new State;  // Outlives every thread.
  return *kept;
}

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

int errno_of(const std::string& word) {
  if (word == "ENOSPC") return ENOSPC;
  if (word == "EMFILE") return EMFILE;
  if (word == "ENOMEM") return ENOMEM;
  return EIO;
}

int append_to(const char* name) {
  const std::string path = variable(name);
  if (path.empty()) return -1;
  return real().open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

[[noreturn]] void end_now() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = real().write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::abort();  // A record with a hole would make every verdict worthless.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

template <class Number>
void append_raw(std::string& to, Number number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

// The form that tests/crash/disk.py reads.
void append_to_log(const Call& call, std::string_view name) {
  State& s = state();
  if (s.log < 0) return;
  std::string entry;
  append_raw(entry, *s.count);
  append_raw(entry, static_cast<std::uint8_t>(call.change));
  append_raw(entry, static_cast<std::uint16_t>(name.size()));
  append_raw(entry, static_cast<std::uint16_t>(call.path.size()));
  append_raw(entry, static_cast<std::uint16_t>(call.to.size()));
  append_raw(entry, call.offset);
  append_raw(entry, static_cast<std::uint64_t>(call.bytes.size()));
  entry.append(name).append(call.path).append(call.to).append(call.bytes);
  write_all(s.log, entry);
}

// What was written through mappings since the last step lies on the disk or not, as it happens.
void note_mappings() {
  for (Mapping& mapping : state().mappings) {
    std::string now(static_cast<const char*>(mapping.memory), mapping.bytes);
    if (now == mapping.known) continue;
    mapping.known = now;
    append_to_log({.change = Change::mapped,
                   .verb = {},
                   .path = mapping.path,
                   .to = {},
                   .bytes = mapping.known},
                  kind_of(mapping.path) + ".mapped");
  }
}

void read_triggers() {
  State& s = state();
  if (const auto kill = parts_of(variable("CARILLON_SHIM_KILL")); kill.size() == 3) {
    s.kill_after = kill[0] == "after";
    s.kill = {.pattern = kill[1], .at = ::strtoull(kill[2].c_str(), nullptr, 10)};
  }
  if (const auto fail = parts_of(variable("CARILLON_SHIM_FAIL")); fail.size() == 4) {
    s.fail = {.pattern = fail[0], .at = ::strtoull(fail[1].c_str(), nullptr, 10)};
    s.fail_errno = errno_of(fail[2]);
    s.fail_on = fail[3] == "on";
  }
}

[[gnu::constructor]] void begin() {
  State& s = state();
  s.root = variable("CARILLON_SHIM_ROOT");
  if (s.root.empty()) return;
  read_triggers();
  const std::string counter = variable("CARILLON_SHIM_COUNT");
  const int file = real().open(counter.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  constexpr std::size_t kBytes = 2 * sizeof(std::uint64_t);
  if (file < 0 || real().ftruncate(file, kBytes) != 0) ::abort();
  void* const mapped = real().mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) ::abort();
  s.count = static_cast<std::uint64_t*>(mapped);
  s.matched = s.count + 1;
  *s.matched = 0;
  s.names = append_to("CARILLON_SHIM_NAMES");
  s.log = append_to("CARILLON_SHIM_LOG");
  const bool memory = s.fail.pattern == "memory.allocate";
  g_memory.store(memory);
  g_on.store(!memory);  // The shim's own allocations must not fail.
}

std::string link_of(int file) {
  std::array<char, 4096> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return size <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::optional<std::string> below_root(std::string path) {
  for (std::size_t at; (at = path.find("//")) != std::string::npos;) path.erase(at, 1);
  for (std::size_t at; (at = path.find("/./")) != std::string::npos;) path.erase(at, 2);
  if (path.ends_with("/.")) path.resize(path.size() - 2);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string& root = state().root;
  if (!path.starts_with(root)) return std::nullopt;
  if (path.size() == root.size()) return std::string();
  if (path[root.size()] != '/' || path.ends_with(" (deleted)")) return std::nullopt;
  return path.substr(root.size() + 1);
}

}  // namespace

bool is_on() { return g_on.load(std::memory_order_relaxed); }

std::optional<std::string> watched_path(int directory, const char* path) {
  if (!is_on() || path == nullptr) return std::nullopt;
  if (path[0] == '/') return below_root(path);
  if (directory != AT_FDCWD) return below_root(link_of(directory) + "/" + path);
  std::array<char, 4096> here{};
  if (::getcwd(here.data(), here.size()) == nullptr) return std::nullopt;
  return below_root(std::string(here.data()) + "/" + path);
}

std::optional<std::string> watched_file(int file) {
  if (!is_on() || file < 0) return std::nullopt;
  return below_root(link_of(file));
}

Step::Step(Call call) : call_(std::move(call)) {
  State& s = state();
  s.lock.lock();
  const std::string kind = kind_of(call_.to.empty() ? call_.path : call_.to);
  name_ = kind + "." + std::string(call_.verb);
  is_step_ = call_.change != Change::none && is_durable(kind);
  if (is_step_) {
    note_mappings();
    if (s.kill.counts(name_) && s.kill.seen == s.kill.at && !s.kill_after) end_now();
  }
  if (s.fail.counts(name_)) {
    fails_ = s.fail_on ? s.fail.seen >= s.fail.at : s.fail.seen == s.fail.at;
    *s.matched = s.fail.seen;
    if (fails_) errno = s.fail_errno;
  }
}

Step::~Step() {
  State& s = state();
  const int kept = errno;
  if (is_step_ && done_) {
    ++*s.count;
    append_to_log(call_, name_);
    if (s.names >= 0) {
      write_all(s.names, std::to_string(*s.count) + " " + name_ + " " + call_.path + "\n");
    }
    const bool matched = s.kill_after && s.kill.seen == s.kill.at && s.kill.at != 0 &&
                         ::fnmatch(s.kill.pattern.c_str(), name_.c_str(), 0) == 0;
    if (matched) end_now();
  }
  s.lock.unlock();
  errno = kept;
}

bool allocation_fails() {
  if (!g_memory.load(std::memory_order_relaxed)) return false;
  State& s = state();
  // No lock: it may be held by the very call that allocates.
  const std::uint64_t seen = std::atomic_ref(*s.matched).fetch_add(1) + 1;
  return s.fail_on ? seen >= s.fail.at : seen == s.fail.at;
}

void add_mapping(void* memory, std::size_t bytes, std::string path) {
  State& s = state();
  const std::lock_guard hold(s.lock);
  s.mappings.push_back({.memory = memory, .bytes = bytes, .path = std::move(path), .known = {}});
}

std::optional<std::string> mapped_path(void* memory) {
  if (!is_on()) return std::nullopt;
  State& s = state();
  const std::lock_guard hold(s.lock);
  const auto found = std::ranges::find(s.mappings, memory, &Mapping::memory);
  return found == s.mappings.end() ? std::nullopt : std::optional(found->path);
}

void remove_mapping(void* memory) {
  if (!is_on()) return;
  State& s = state();
  const std::lock_guard hold(s.lock);
  note_mappings();
  std::erase_if(s.mappings, [&](const Mapping& mapping) { return mapping.memory == memory; });
}

}  // namespace crash_shim
