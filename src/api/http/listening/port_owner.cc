#include "api/http/listening/port_owner.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::http {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return number;
}

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> columns;
  for (const std::string_view part : split(line, ' ')) {
    if (!part.empty()) columns.push_back(part);
  }
  return columns;
}

// True when the process has one of the sockets open.
bool holds_any(const fs::path& process, const std::vector<std::string>& sockets) {
  std::error_code error;
  for (const auto& descriptor : fs::directory_iterator(process / "fd", error)) {
    const std::string target = fs::read_symlink(descriptor.path(), error).string();
    if (std::ranges::find(sockets, target) != sockets.end()) return true;
  }
  return false;
}

}  // namespace

std::vector<std::uint64_t> listening_inodes(std::string_view proc_net_tcp, std::uint16_t port) {
  // Columns: slot, local address:port in hexadecimal, remote, state, queues, timer, retransmits,
  // user, time-out, inode.
  constexpr std::size_t kLocal = 1, kState = 3, kInode = 9;
  std::vector<std::uint64_t> inodes;
  for (const std::string_view line : split(proc_net_tcp, '\n')) {
    const std::vector<std::string_view> columns = columns_of(line);
    if (columns.size() <= kInode || columns[kState] != "0A") continue;
    const std::size_t colon = columns[kLocal].rfind(':');
    if (colon == std::string_view::npos) continue;
    if (parse_number<std::uint16_t>(columns[kLocal].substr(colon + 1), 16) != port) continue;
    if (const auto inode = parse_number<std::uint64_t>(columns[kInode], 10)) {
      inodes.push_back(*inode);
    }
  }
  return inodes;
}

std::optional<PortOwner> find_port_owner(std::uint16_t port) {
  std::vector<std::string> sockets;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    for (const std::uint64_t inode : listening_inodes(read_whole(table), port)) {
      sockets.push_back(fmt::format("socket:[{}]", inode));
    }
  }
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (const auto& process : fs::directory_iterator("/proc", error)) {
    const auto pid = parse_number<std::int64_t>(process.path().filename().string(), 10);
    if (!pid || !holds_any(process.path(), sockets)) continue;
    return PortOwner{.pid = *pid,
                     .name = std::string(trimmed(read_whole(process.path() / "comm")))};
  }
  return std::nullopt;
}

}  // namespace carillon::http
