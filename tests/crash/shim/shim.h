// What all interposed calls go through: which files are watched, which call is to fail or to be the
// last, and the record of what happened. The environment says what to do; its variables stand
// below.
//
// A call is anything interposed on a watched file; a step is a call that changes what is on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

// CARILLON_SHIM_ROOT   the directory below which files are watched; nothing is done without it
// CARILLON_SHIM_COUNT  a file of two numbers of 8 bytes: how many steps there were, of all
// processes,
//                      and how many calls of this one match CARILLON_SHIM_FAIL
// CARILLON_SHIM_NAMES  a file that gets a line "number name path" for every step
// CARILLON_SHIM_LOG    a file that gets every step with its bytes, for tests/crash/disk.py
// CARILLON_SHIM_KILL   before:NAME:N or after:NAME:N, the N-th step whose name matches
// CARILLON_SHIM_FAIL   NAME:N:ERRNO:once or NAME:N:ERRNO:on, the N-th call and perhaps all after
//
// NAME is a pattern for fnmatch(3) of a name such as "rocksdb.wal.sync".

namespace crash_shim {

enum class Change : std::uint8_t {
  none = 0,  // A call that is no step.
  create = 1,
  write = 2,
  truncate = 3,
  sync = 4,
  rename = 5,
  unlink = 6,
  link = 7,
  make_directory = 8,
  mapped = 9,  // Bytes that were written through a shared mapping.
};

struct Call {
  Change change = Change::none;
  std::string_view verb;  // "write", the second half of the name.
  std::string path;       // Relative to the root.
  std::string to;         // Of a rename or a link.
  std::uint64_t offset = 0;
  std::string_view bytes;
};

// Whether the process is watched at all; false until the library is ready.
bool is_on();

// The path below the root, or nothing for a path outside and in a process that is not watched.
std::optional<std::string> watched_path(int directory, const char* path);
std::optional<std::string> watched_file(int file);

// Holds the one lock of the shim from before the real call until after it.
class Step {
 public:
  explicit Step(Call call);
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  ~Step();

  // Whether the call shall fail; errno is set then.
  [[nodiscard]] bool fails() const { return fails_; }

  // Says that the real call was made and did something.
  void done() { done_ = true; }

  // The bytes that were really written.
  void done(std::string_view bytes) {
    call_.bytes = bytes;
    done_ = true;
  }

 private:
  Call call_;
  std::string name_;
  bool is_step_ = false;
  bool fails_ = false;
  bool done_ = false;
};

// Whether this allocation is to fail ("memory.allocate" as NAME).
bool allocation_fails();

void add_mapping(void* memory, std::size_t bytes, std::string path);
void remove_mapping(void* memory);
std::optional<std::string> mapped_path(void* memory);

}  // namespace crash_shim
