// What a fan-out costs the kernel alone: the same bytes to many sockets of this machine.
#pragma once

#include <cstddef>

namespace carillon::bench {

// One thread writes so many bytes to each of so many TCP connections, in pieces of that size,
// another reads them all. Returns the bytes per second over all connections.
double fan_out_bytes_per_second(std::size_t clients, std::size_t bytes_each,
                                std::size_t piece_bytes);

}  // namespace carillon::bench
