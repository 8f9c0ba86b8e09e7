// Who listens on a port of this machine, as far as the kernel lets us see. Linux.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::http {

struct PortOwner {
  std::int64_t pid = 0;
  std::string name;  // As ps shows it, without arguments.
};

// The socket inodes that listen on the port, from the text of /proc/net/tcp or /proc/net/tcp6.
std::vector<std::uint64_t> listening_inodes(std::string_view proc_net_tcp, std::uint16_t port);

// The process that listens on the port; nullopt if there is none or it belongs to another user and
// may not be looked at.
//
// Cost  reads the descriptors of every process; for error messages only.
std::optional<PortOwner> find_port_owner(std::uint16_t port);

}  // namespace carillon::http
