#include "server/backup_folder.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/durable_directory.h"
#include "base/text.h"

namespace carillon::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kList = "BACKUP";
constexpr std::string_view kFirstLine = "carillon backup 1";
constexpr std::string_view kFirstWords = "carillon backup ";
constexpr std::string_view kLastLine = "end";

std::unexpected<Error> cannot_copy(const fs::path& from, const fs::path& to,
                                   const std::error_code& why) {
  const bool is_full = why == std::errc::no_space_on_device;
  return fail(is_full ? ErrorCode::storage_full : ErrorCode::io_failed,
              fmt::format("Cannot copy {} to {}: {}.", from.string(), to.string(), why.message()),
              is_full ? "Make room there." : "Look at the owner and the rights of both.");
}

// Size and path of every file of a backup, a line each.
Result<std::string> list_of(const fs::path& folder) {
  std::vector<std::string> lines;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    const std::uintmax_t bytes = at->file_size(error);
    lines.push_back(
        fmt::format("{} {}\n", bytes, at->path().lexically_relative(folder).generic_string()));
  }
  if (error) {
    return fail(ErrorCode::io_failed,
                fmt::format("Cannot read {}: {}.", folder.string(), error.message()));
  }
  std::ranges::sort(lines);
  std::string list = fmt::format("{}\n", kFirstLine);
  for (const std::string& line : lines) list += line;
  return list + std::string(kLastLine) + "\n";
}

std::unexpected<Error> incomplete(const fs::path& from, std::string_view why) {
  return fail(ErrorCode::invalid_value,
              fmt::format("{} is an incomplete backup: {}.", from.string(), why),
              "Nothing was restored. Use another backup.");
}

// One line of the list against the file that it names.
Result<void> check_line(const fs::path& from, std::string_view line) {
  std::uintmax_t bytes = 0;
  const auto [end, fault] = std::from_chars(line.data(), line.data() + line.size(), bytes);
  const auto digits = static_cast<std::size_t>(end - line.data());
  const std::string_view name = line.substr(std::min(digits + 1, line.size()));
  if (fault != std::errc{} || name.empty() || name.contains("..")) {
    return incomplete(from, fmt::format("its file {} is damaged", kList));
  }
  std::error_code error;
  const std::uintmax_t found = fs::file_size(from / name, error);
  if (error) return incomplete(from, fmt::format("{} is missing", escape_control(name)));
  if (found == bytes) return {};
  return incomplete(
      from, fmt::format("{} has {} bytes instead of {}", escape_control(name), found, bytes));
}

Result<void> check_list(const fs::path& from) {
  std::ifstream in(from / kList, std::ios::binary);
  std::string line;
  std::getline(in, line);
  if (line != kFirstLine && line.starts_with(kFirstWords)) {
    return fail(ErrorCode::newer_version,
                fmt::format("{} was made by a newer carillon.", from.string()),
                "Restore it with that one.");
  }
  if (line != kFirstLine) return incomplete(from, fmt::format("its file {} is damaged", kList));
  std::vector<std::string> lines;
  while (std::getline(in, line)) lines.push_back(std::move(line));
  if (lines.empty() || lines.back() != kLastLine) {
    return incomplete(from, fmt::format("its file {} is cut off", kList));
  }
  lines.pop_back();
  for (const std::string& each : lines) {
    if (auto checked = check_line(from, each); !checked) return checked;
  }
  return {};
}

Result<void> check_backup(const fs::path& from) {
  std::error_code error;
  if (fs::exists(from / kList, error)) return check_list(from);
  const bool is_begun = fs::exists(from / "store", error) ||
                        fs::exists(from / "store.tmp", error) || fs::exists(from / "keys", error);
  if (!is_begun) {
    return fail(ErrorCode::invalid_value, fmt::format("{} is not a backup.", from.string()),
                fmt::format("A backup holds the folder store and the files keys and {}.", kList));
  }
  return fail(ErrorCode::invalid_value,
              fmt::format("{} is an unfinished backup: it has no file {}, which is written last.",
                          from.string(), kList),
              "Nothing was restored. Use another backup.");
}

fs::path incoming_of(const fs::path& root) { return root / "store.incoming"; }

Result<void> copy_in(const fs::path& from, const fs::path& root) {
  const fs::path incoming = incoming_of(root);
  std::error_code error;
  constexpr auto kOver = fs::copy_options::overwrite_existing;
  fs::copy(from / "store", incoming, fs::copy_options::recursive | kOver, error);
  if (error) return cannot_copy(from / "store", incoming, error);
  fs::copy_file(from / "keys", root / "keys", kOver, error);
  if (error) return cannot_copy(from / "keys", root / "keys", error);
  if (auto synced = sync_path(root / "keys"); !synced) return synced;
  return sync_tree(incoming);
}

}  // namespace

Result<void> make_backup(const DataDirectory& directory, const fs::path& target,
                         const CopyStore& copy_store) {
  std::error_code error;
  if (fs::exists(target, error)) {
    return fail(ErrorCode::invalid_value, fmt::format("{} exists already.", target.string()),
                "Name a folder that does not exist yet.");
  }
  if (auto made = make_durable_directory(target); !made) return made;
  if (auto copied = copy_store(target / "store"); !copied) return copied;
  fs::copy_file(directory.keys(), target / "keys", error);
  if (error) return cannot_copy(directory.keys(), target / "keys", error);
  if (auto synced = sync_tree(target); !synced) return synced;
  const auto list = list_of(target);
  if (!list) return fail(list.error());
  return write_private_file(target / kList, *list);
}

Result<void> restore_backup(const fs::path& from, const fs::path& root) {
  if (auto whole = check_backup(from); !whole) return whole;
  std::error_code error;
  if (fs::exists(DataDirectory{.root = root}.store(), error)) {
    return fail(ErrorCode::invalid_value, fmt::format("{} holds data already.", root.string()),
                "Move it aside, or restore into an empty directory.");
  }
  const fs::path incoming = incoming_of(root);
  fs::remove_all(incoming, error);
  // The first thing that is there of a restore, and gone only when all of it is there.
  if (auto made = make_durable_directory(incoming); !made) return made;
  const auto directory = open_data_directory(root);
  if (!directory) return fail(directory.error());
  if (auto copied = copy_in(from, root); !copied) return copied;
  fs::rename(incoming, directory->store(), error);
  if (error) return cannot_copy(incoming, directory->store(), error);
  return sync_path(root);
}

Result<void> refuse_unfinished_restore(const DataDirectory& directory) {
  std::error_code error;
  if (!fs::exists(incoming_of(directory.root), error)) return {};
  return fail(
      ErrorCode::invalid_value,
      fmt::format("A restore into {} was not finished.", directory.root.string()),
      fmt::format("Repeat it: carillon restore BACKUP --data-dir {}", directory.root.string()));
}

}  // namespace carillon::server
