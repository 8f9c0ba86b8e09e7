// The data directory: what lies where, and the secrets that are made at its first use.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"
#include "ports/entropy.h"

namespace carillon::server {

struct DataDirectory {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path store() const { return root / "store"; }
  [[nodiscard]] std::filesystem::path keys() const { return root / "keys"; }
  [[nodiscard]] std::string views() const { return (root / "views.db").string(); }
  [[nodiscard]] std::string logs() const { return (root / "logs.db").string(); }
  [[nodiscard]] std::string files() const { return (root / "files").string(); }
};

// Keys that stay the same while the data directory lives.
struct DataKeys {
  SipKey page_tokens;
  std::array<std::uint8_t, 32> token_hash{};
};

// Makes the directory (for its owner only) if it is missing.
//
// Errors  io_failed  it cannot be made or entered; the message says why
Result<DataDirectory> open_data_directory(const std::filesystem::path& root);

// Writes a file that only its owner may read.
//
// Guarantees  the file is there with all its bytes or not at all, whenever the process or the power
//             ends
// Errors      io_failed  the message says why
Result<void> write_private_file(const std::filesystem::path& path, std::string_view bytes);

// An error of the store as the operator of this directory needs it: a damaged store comes with the
// command that puts a backup in its place.
Error with_way_back(Error error, const DataDirectory& directory);

// Reads the keys, or makes them at the first use.
Result<DataKeys> read_or_make_keys(const DataDirectory& directory, Entropy& entropy);

}  // namespace carillon::server
