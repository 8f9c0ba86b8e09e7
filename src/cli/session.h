// Session: one run of one verb: the environment, the connection to the server, and how to print.
//
// One thread. The connection is made at the first request, so verbs that need none never look for
// it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "cli/command_spec.h"
#include "cli/endpoint.h"
#include "cli/environment.h"
#include "cli/output/style.h"
#include "cli/output/table.h"
#include "cli/rest/rest_port.h"

namespace carillon::cli {

// How a list or an object is shown in the formats for people and for shells.
struct View {
  std::span<const Column> columns;
  std::string_view name;                    // Pointer of what -o name prints.
  std::span<const Column> for_people = {};  // Of a table, if not `columns`.
};

class Session {
 public:
  // Requires  both outlive the session.
  Session(CliEnvironment& environment, const SharedValues& shared);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] CliEnvironment& environment() { return environment_; }

  // Chooses format and colour. Must succeed before anything is printed.
  //
  // Errors  usage  an unknown format or colour word
  CliResult<void> prepare();

  // Sends a request and returns the body of a success; null for an empty one.
  //
  // Errors  the problem of a refusal, or what RestPort::send says; `source` is the text that a
  //         position in the problem points into
  CliResult<boost::json::value> call(const RestRequest& request, std::string_view source = {});

  // The same, with the status and the ETag.
  CliResult<RestAnswer> exchange(const RestRequest& request, std::string_view source = {});

  CliResult<RestPort*> port();

  // Whether the user has named a server, by flag, variable or profile. Errors as choose_endpoint.
  [[nodiscard]] CliResult<bool> is_server_named() const;

  // The server that a verb talks to without port(). Errors as choose_endpoint.
  [[nodiscard]] CliResult<Endpoint> endpoint() const {
    return choose_endpoint(shared_, environment_);
  }
  [[nodiscard]] bool has_typed_server() const { return shared_.server.has_value(); }

  [[nodiscard]] OutputFormat format() const { return format_; }
  [[nodiscard]] Colour colour() const { return colour_; }
  [[nodiscard]] bool is_for_people() const { return format_ == OutputFormat::table; }
  [[nodiscard]] Screen screen() const;
  [[nodiscard]] const std::string& server() const { return server_; }

  void print(std::string_view text) { environment_.out(text); }
  void note(std::string_view text) { environment_.err(text); }  // Beside the result, on stderr.

  // Prints items in the chosen format; `empty` is said, on stderr, when a person sees no row.
  void print_list(const boost::json::array& items, const View& view, std::string_view empty);

  // Prints one object in the chosen format, every member of it.
  void print_object(const boost::json::value& object, const View& view);

 private:
  CliEnvironment& environment_;
  const SharedValues& shared_;
  std::unique_ptr<RestPort> port_;
  std::string server_;
  OutputFormat format_ = OutputFormat::tsv;
  Colour colour_ = Colour::off;
};

}  // namespace carillon::cli
