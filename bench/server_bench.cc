// The figures of the whole server, each beside a yardstick of the same run: bench/README.md.
//
//   server_bench [--binary FILE] [--long] [PART...]      all parts without a name
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
#include "pause_watch.h"
#include "server_figures.h"

namespace carillon::bench {
namespace {

namespace fs = std::filesystem;

struct Part {
  std::string_view name;
  void (*measure)(const Bench&);
};

constexpr std::array kParts{
    Part{"create", measure_creating},     Part{"start", measure_starting},
    Part{"life", measure_lives},          Part{"spread", measure_spread},
    Part{"recurring", measure_recurring}, Part{"restart", measure_restart},
    Part{"streams", measure_streams},     Part{"logs", measure_logs},
    Part{"pending", measure_pending},     Part{"lists", measure_lists},
    Part{"mixed", measure_mixed},         Part{"flat", measure_flatness},
};

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

struct Wish {
  fs::path binary;
  Length length = Length::usual;
  std::vector<std::string_view> names = {};
};

int run(const Wish& wish) {
  print_machine();
  FigureTable table;
  try {
    for (const std::string_view name : wish.names) {
      require(std::ranges::find(kParts, name, &Part::name) != kParts.end(),
              fmt::format("There is no part '{}'.", name));
    }
    const DataFolder data;
    PauseWatch pauses;
    StoredTasks stored(wish.binary, data.path() / "stored");
    for (const Part& part : kParts) {
      const bool is_wanted =
          wish.names.empty() || std::ranges::find(wish.names, part.name) != wish.names.end();
      if (!is_wanted) continue;
      part.measure({.binary = wish.binary,
                    .directory = data.path(),
                    .table = table,
                    .stored = stored,
                    .length = wish.length});
      table.add({.name = fmt::format("machine's own longest pause, {}", part.name),
                 .unit = "ms",
                 .value = pauses.take_longest_ms()});
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
  carillon::bench::Wish wish{
      .binary =
          std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "carillon"};
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (word == "--binary" && i + 1 < count) {
      wish.binary = arguments[++i];
    } else if (word == "--long") {
      wish.length = carillon::bench::Length::full;
    } else {
      wish.names.push_back(word);
    }
  }
  return carillon::bench::run(wish);
}
