// Whether a directory's file system has room left, asked at most ten times a second. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace carillon {

class FreeSpace {
 public:
  FreeSpace(std::filesystem::path directory, std::uint64_t bytes_min)
      : directory_(std::move(directory)), bytes_min_(bytes_min) {}

  // Errors  storage_full  less than the minimum is free
  Result<void> check();

  // The same, asked now.
  Result<void> check_now();

 private:
  std::filesystem::path directory_;
  std::uint64_t bytes_min_;
  std::chrono::steady_clock::time_point asked_{};
  std::uint64_t free_ = 0;
};

}  // namespace carillon
