// A folder that is gone with its owner. For tests and benchmarks only.
#pragma once

#include <filesystem>
#include <string>

#include <stdlib.h>

#include "base/check.h"

namespace carillon {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "carillon-XXXXXX").string();
    CARILLON_CHECK(mkdtemp(name.data()) != nullptr, "no temporary folder can be made");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace carillon
