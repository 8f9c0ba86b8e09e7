// The server's own log: one line per event, logfmt for people, JSON for machines. Thread-safe.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/config/server_config.h"

namespace spdlog {
class logger;
}

namespace carillon::server {

struct LogField {
  std::string_view name;
  std::string value;
};

class Log {
 public:
  // Writes to standard error; `automatic` means logfmt on a terminal.
  Log(LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // One line. Control characters are escaped; fields named like a secret are replaced by ***.
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }

  void set_level(LogLevel level);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  LogFormat format_;
};

}  // namespace carillon::server
