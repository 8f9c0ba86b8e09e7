#include "server/banner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json_writer.h"

namespace carillon::server {

std::string banner(const ReadyReport& r) {
  const std::string url = fmt::format("http://{}", r.address);
  const std::string elsewhere =
      r.address == "127.0.0.1:8080" ? std::string{} : fmt::format(" --server {}", url);
  return fmt::format(
      "carillon {}  {} mode{:>{}}ready in {:.2f} s\n"
      "  REST API     {}/api/v1       reference  {}/docs\n"
      "  Metrics      {}/metrics      health     {}/readyz\n"
      "  Data         {}\n"
      "  Access       {}\n"
      "  Task types   {}\n"
      "\n"
      "Try it in a second terminal:\n"
      "  {}{} task create hello --type noop --every 5s\n"
      "  {}{} run watch\n"
      "Press Ctrl-C to stop, twice to stop at once.\n",
      r.version, r.mode, "", 30, r.ready_seconds, url, url, url, url, r.data, r.access,
      fmt::join(r.types, " "), r.program, elsewhere, r.program, elsewhere);
}

std::string ready_line(const ReadyReport& r) {
  std::string line = R"({"event":"ready","version":)";
  append_json_string(line, r.version);
  line += fmt::format(R"(,"mode":"{}","readySeconds":{:.3f},"urls":{{)", r.mode, r.ready_seconds);
  const auto add_url = [&](std::string_view name, std::string_view path, std::string_view before) {
    line += fmt::format(R"({}"{}":"http://{}{}")", before, name, r.address, path);
  };
  add_url("api", "/api/v1", "");
  add_url("docs", "/docs", ",");
  add_url("metrics", "/metrics", ",");
  add_url("health", "/readyz", ",");
  line += R"(},"data":)";
  append_json_string(line, r.data);
  line += R"(,"access":)";
  append_json_string(line, r.access);
  line += R"(,"types":)";
  append_json(line, r.types);
  line += "}";
  return line;
}

}  // namespace carillon::server
