// The figures of the whole server, each beside a yardstick of the same run: bench/README.md.
//
//   server_bench [--binary FILE] [NAME...]      NAME: create, start, life, restart; all without
#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "load_client.h"
#include "server_figures.h"

namespace carillon::bench {
namespace {

namespace fs = std::filesystem;

struct Part {
  std::string_view name;
  void (*measure)(const Bench&);
};

constexpr std::array kParts{Part{"create", measure_creating}, Part{"start", measure_starting},
                            Part{"life", measure_lives}, Part{"restart", measure_restart}};

// Who else is at work decides what absolute figures are worth.
void print_machine() {
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) != 1) return;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  fmt::print("{} processors, load {:.1f}{}\n", cores, load[0],
             load[0] > cores ? ": busy with other work, so read the ratios only" : "");
}

// A directory that goes when the program ends. Beside the build, because /tmp may be memory.
class DataFolder {
 public:
  DataFolder() {
    const fs::path parent = fs::exists("build") ? fs::absolute("build") : fs::temp_directory_path();
    std::string pattern = (parent / "bench-data-XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "There is no place for the data.");
    path_ = pattern;
  }
  ~DataFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

int run(const fs::path& binary, const std::vector<std::string_view>& names) {
  print_machine();
  FigureTable table;
  try {
    const DataFolder data;
    for (const Part& part : kParts) {
      if (!names.empty() && std::ranges::find(names, part.name) == names.end()) continue;
      part.measure({.binary = binary, .directory = data.path(), .table = table});
    }
  } catch (const std::exception& failed) {
    fmt::print(stderr, "server_bench: {}\n", failed.what());
    return 1;
  }
  table.print();
  return 0;
}

}  // namespace
}  // namespace carillon::bench

int main(int count, char** arguments) {
  std::filesystem::path binary =
      std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "carillon";
  std::vector<std::string_view> names;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(arguments[i]) == "--binary" && i + 1 < count) {
      binary = arguments[++i];
    } else {
      names.emplace_back(arguments[i]);
    }
  }
  return carillon::bench::run(binary, names);
}
