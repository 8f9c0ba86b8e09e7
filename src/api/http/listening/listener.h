// Listening sockets: one per thread on one port, which no other process shares. POSIX.
#pragma once

#include <cstdint>
#include <vector>

#include "api/http/listening/listen_address.h"
#include "base/result.h"

namespace carillon::http {

// A file descriptor that is closed with its owner.
class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept;
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
  ~OwnedDescriptor();

  [[nodiscard]] int value() const { return descriptor_; }
  // Gives the descriptor away.
  int release();

 private:
  int descriptor_;
};

struct Listeners {
  ListenAddress address;  // With the port that was given.
  std::vector<OwnedDescriptor> sockets;
};

// Opens `count` non-blocking listening sockets; the kernel spreads new connections over them.
//
// Requires  count > 0
// Errors    unavailable  as Server::listen
Result<Listeners> open_listeners(ListenAddress address, unsigned count);

}  // namespace carillon::http
