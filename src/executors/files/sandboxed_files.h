// SandboxedFiles: opens what tasks name, and nothing outside the configured roots.
//
// The kernel resolves every path below an open root directory and refuses `..` that leaves it,
// every symbolic link and every magic link (openat2). Comparing path texts is never what keeps a
// task in. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "executors/executor_options.h"
#include "executors/files/unique_fd.h"

namespace carillon {

// A file being written: it appears under its name when committed, or not at all.
class PendingFile {
 public:
  PendingFile(PendingFile&&) noexcept = default;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  // Errors  storage_full, io_failed  the file will not appear
  Result<void> write(std::string_view bytes);

  // Guarantees  the whole file is stored and replaces any file of that name in one step.
  Result<void> commit();

 private:
  friend class SandboxedFiles;
  PendingFile(UniqueFd directory, UniqueFd file, std::string temporary, std::string name);

  Result<void> flush();

  UniqueFd directory_;
  UniqueFd file_;
  std::string temporary_;
  std::string name_;
  std::string buffer_;
};

class SandboxedFiles {
 public:
  // Makes the data root when it is missing and opens every root.
  //
  // Errors  io_failed    a root cannot be opened
  //         unavailable  the kernel has no openat2 (Linux before 5.6)
  static Result<SandboxedFiles> open(const FileOptions& options);

  // A relative path lies below the data root, an absolute one below the root it begins with. Only
  // regular files are read and written.
  //
  // Errors  not_found, io_failed
  //         forbidden  outside every root, or a link on the way
  [[nodiscard]] Result<UniqueFd> read(const std::string& path) const;
  [[nodiscard]] Result<PendingFile> write(const std::string& path) const;
  [[nodiscard]] Result<UniqueFd> directory(const std::string& path) const;

 private:
  struct Root {
    std::string path;
    UniqueFd directory;
  };
  struct Place {
    int root = -1;
    std::string below;  // Relative to the root; "." is the root itself.
  };

  [[nodiscard]] Result<Place> place_of(const std::string& path) const;

  std::vector<Root> roots_;  // The data root first.
};

// Opens `path` below `directory` with openat2 and the refusals above, and never on another device
// when `resolve_more` says RESOLVE_NO_XDEV. For code that walks directories itself.
//
// Errors  as SandboxedFiles::read
Result<UniqueFd> open_beneath(int directory, const std::string& path, int flags,
                              unsigned long long resolve_more = 0);

}  // namespace carillon
