// What a person sees when the server is ready, and the same as one line for programs. Pure.
#pragma once

#include <string>
#include <vector>

namespace carillon::server {

struct ReadyReport {
  std::string version;
  std::string mode;  // dev or server.
  double ready_seconds = 0;
  std::string address;  // host:port as clients write it.
  std::string data;     // Where the data is, and what becomes of it.
  std::string access;   // Who may use it.
  std::vector<std::string> types;
  std::string program;  // As it was called, for the commands to try.
};

std::string banner(const ReadyReport& report);

// One JSON object without a line end.
std::string ready_line(const ReadyReport& report);

}  // namespace carillon::server
