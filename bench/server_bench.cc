// The figures of the whole server, each beside a yardstick of the same run: bench/README.md.
//
//   server_bench [--binary FILE] [NAME...]      NAME: create, start, life, restart; all without
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
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

int run(const fs::path& binary, const std::vector<std::string_view>& names) {
  print_machine();
  // Beside the build, because /tmp may be memory.
  std::string pattern = (fs::current_path() / "build" / "bench-data-XXXXXX").string();
  if (!fs::exists("build")) pattern = (fs::temp_directory_path() / "bench-data-XXXXXX").string();
  CARILLON_CHECK(::mkdtemp(pattern.data()) != nullptr, "no place for the data");
  FigureTable table;
  for (const Part& part : kParts) {
    if (!names.empty() && std::ranges::find(names, part.name) == names.end()) continue;
    part.measure({.binary = binary, .directory = pattern, .table = table});
  }
  std::error_code ignored;
  fs::remove_all(pattern, ignored);
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
