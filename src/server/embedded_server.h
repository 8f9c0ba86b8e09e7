// The embedded form, composed: store, engine, executors, views and service layer in one process.
// The only place that names adapters, together with compose_embedded.cc.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "runtime/engine/engine.h"
#include "runtime/gateway.h"
#include "runtime/metrics/metrics.h"
#include "server/config/server_config.h"
#include "server/data_directory.h"
#include "server/log.h"

namespace carillon::server {

class EmbeddedServer {
 public:
  // Opens the data directory and everything in it; nothing runs yet.
  //
  // Errors  already_running  another process has the directory
  //         corrupt          damaged; the message says where, the hint what to do
  //         newer_version    written by a newer carillon
  //         io_failed, storage_full, invalid_value
  static Result<std::unique_ptr<EmbeddedServer>> open(const ServerConfig& config,
                                                      const DataDirectory& directory, Log& log);

  // Stops as stop(0 s) if nobody did.
  ~EmbeddedServer();
  EmbeddedServer(const EmbeddedServer&) = delete;
  EmbeddedServer& operator=(const EmbeddedServer&) = delete;

  // Starts the engine, fences out the attempts of the former process and offers the places.
  void start();

  // Lets running attempts finish for `drain`, stores their results, and ends. What did not finish
  // is found lost at the next start and run again. Returns how many handlers could not be ended:
  // with any, the process must leave without destroying this object, which would wait for them.
  std::uint64_t stop(Duration drain);

  [[nodiscard]] Gateway& gateway();
  [[nodiscard]] Metrics& metrics();
  [[nodiscard]] const OpenSummary& opened() const;

 private:
  struct Parts;
  explicit EmbeddedServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::server
