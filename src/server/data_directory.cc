#include "server/data_directory.h"

#include <cstring>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/embedded/rocksdb/durable_directory.h"

namespace carillon::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 16 + 32;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path, const char* why) {
  return fail(ErrorCode::io_failed, fmt::format("Cannot {} {}: {}.", what, path.string(), why),
              "Choose another place, or correct its owner and rights.");
}

// The text as one word for a shell.
std::string shell_word(std::string text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:";
  if (text.find_first_not_of(kPlain) == std::string::npos) return text;
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) {
    text.replace(at, 1, R"('\'')");
  }
  return "'" + text + "'";
}

}  // namespace

Result<DataDirectory> open_data_directory(const fs::path& root) {
  std::error_code error;
  if (auto made = make_durable_directory(root); !made) return fail(std::move(made.error()));
  const fs::path absolute = fs::absolute(root, error);
  if (::access(absolute.c_str(), R_OK | W_OK | X_OK) != 0) {
    return cannot("use the data directory", absolute, std::strerror(errno));
  }
  ::chmod(absolute.c_str(), 0700);
  DataDirectory directory{.root = absolute};
  if (auto made = make_durable_directory(directory.files()); !made) {
    return fail(std::move(made.error()));
  }
  return directory;
}

Result<void> write_private_file(const fs::path& path, std::string_view bytes) {
  const std::string made = path.string() + ".incoming";
  const int file = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot("write", path, std::strerror(errno));
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!written) return cannot("write", path, std::strerror(error));
  if (::rename(made.c_str(), path.c_str()) != 0) {
    return cannot("name", path, std::strerror(errno));
  }
  return sync_path(path.parent_path());
}

Error with_way_back(Error error, const DataDirectory& directory) {
  if (error.code != ErrorCode::corrupt) return error;
  const std::string root = shell_word(directory.root.string());
  const std::string aside = shell_word(directory.root.string() + ".damaged");
  if (!error.hint.empty()) error.hint += ' ';
  error.hint += fmt::format(
      "To go back to a backup: mv {0} {1} && carillon restore BACKUP --data-dir {0}", root, aside);
  return error;
}

Result<DataKeys> read_or_make_keys(const DataDirectory& directory, Entropy& entropy) {
  const fs::path path = directory.keys();
  std::string bytes;
  if (fs::exists(path)) {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes.size() != kKeyBytes) {
      return fail(ErrorCode::corrupt,
                  fmt::format("{} has {} bytes, not {}.", path.string(), bytes.size(), kKeyBytes),
                  "Remove the file; new keys are made. Page tokens given out before end.");
    }
  } else {
    std::array<std::uint8_t, kKeyBytes> fresh{};
    entropy.fill(fresh);
    bytes.assign(reinterpret_cast<const char*>(fresh.data()), fresh.size());
    if (auto written = write_private_file(path, bytes); !written) {
      return fail(std::move(written.error()));
    }
  }
  DataKeys keys;
  std::memcpy(&keys.page_tokens.low, bytes.data(), 8);
  std::memcpy(&keys.page_tokens.high, bytes.data() + 8, 8);
  std::memcpy(keys.token_hash.data(), bytes.data() + 16, keys.token_hash.size());
  return keys;
}

}  // namespace carillon::server
