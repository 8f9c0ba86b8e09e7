#include "cli/session.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/endpoint.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"

namespace carillon::cli {
namespace {

Colour choose_colour(std::string_view word, const CliEnvironment& environment) {
  if (word == "always") return Colour::on;
  if (word == "never" || environment.output == Device::pipe) return Colour::off;
  const auto refused =
      environment.variable("NO_COLOR");  // no-color.org: any text that is not empty.
  if (refused && !refused->empty()) return Colour::off;
  return environment.variable("TERM").value_or("") == "dumb" ? Colour::off : Colour::on;
}

std::string one_line_each(const boost::json::array& items) {
  std::string out;
  for (const boost::json::value& item : items) out += compact_json(item) + "\n";
  return out;
}

std::string names_of(const boost::json::array& items, std::string_view pointer) {
  std::string out;
  for (const boost::json::value& item : items) out += escape_control(text_at(item, pointer)) + "\n";
  return out;
}

}  // namespace

Session::Session(CliEnvironment& environment, const SharedValues& shared)
    : environment_(environment), shared_(shared) {}

Session::~Session() = default;

CliResult<void> Session::prepare() {
  const bool terminal = environment_.output == Device::terminal;
  const std::string word = shared_.output.value_or(terminal ? "table" : "tsv");
  const auto format = output_format_from_word(word);
  if (!format) {
    return give_up(ExitCode::usage, fmt::format("'{}' is not an output format.", word),
                   "Use table, tsv, json, jsonl, yaml or name.");
  }
  format_ = *format;
  colour_ = choose_colour(shared_.colour.value_or("auto"), environment_);
  return {};
}

CliResult<RestPort*> Session::port() {
  if (port_) return port_.get();
  auto endpoint = choose_endpoint(shared_, environment_);
  if (!endpoint) return give_up(endpoint.error());
  server_ = endpoint->server;
  environment_.catch_interrupts();
  port_ = environment_.connect(HttpClientOptions{.server = endpoint->server,
                                                 .token = endpoint->token,
                                                 .interrupted = environment_.interrupted});
  return port_.get();
}

CliResult<bool> Session::is_server_named() const {
  const auto chosen = endpoint();
  if (!chosen) return give_up(chosen.error());
  return chosen->is_named;
}

CliResult<RestAnswer> Session::exchange(const RestRequest& request, std::string_view source) {
  const auto connected = port();
  if (!connected) return give_up(connected.error());
  auto answer = (*connected)->send(request);
  if (!answer) return answer;
  if (answer->status >= 200 && answer->status < 300) return answer;
  return give_up(problem_failure(answer->status, answer->body, source));
}

CliResult<boost::json::value> Session::call(const RestRequest& request, std::string_view source) {
  const auto answer = exchange(request, source);
  if (!answer) return give_up(answer.error());
  if (trimmed(answer->body).empty()) return boost::json::value{};
  auto body = parse_json(answer->body);
  if (body) return *std::move(body);
  return give_up(ExitCode::failed, fmt::format("The answer of {} is not JSON.", server_),
                 "Is that address a carillon server? Check --server.");
}

Screen Session::screen() const {
  const bool terminal = environment_.output == Device::terminal;
  return Screen{
      .columns = terminal ? environment_.columns : 0, .colour = colour_, .now = environment_.now()};
}

void Session::print_list(const boost::json::array& items, const View& view,
                         std::string_view empty) {
  switch (format_) {
    case OutputFormat::table:
      if (items.empty()) return note(fmt::format("{}\n", empty));
      return print(
          table_text(view.for_people.empty() ? view.columns : view.for_people, items, screen()));
    case OutputFormat::tsv:
      return print(tsv_text(view.columns, items));
    case OutputFormat::json:
      return print(pretty_json(items) + "\n");
    case OutputFormat::jsonl:
      return print(one_line_each(items));
    case OutputFormat::yaml:
      return print(yaml_text(items));
    case OutputFormat::name:
      return print(names_of(items, view.name));
  }
}

void Session::print_object(const boost::json::value& object, const View& view) {
  switch (format_) {
    case OutputFormat::table:
      return print(detail_text(object, screen()));
    case OutputFormat::tsv:
      return print(detail_tsv(object));
    case OutputFormat::json:
      return print(pretty_json(object) + "\n");
    case OutputFormat::jsonl:
      return print(compact_json(object) + "\n");
    case OutputFormat::yaml:
      return print(yaml_text(object));
    case OutputFormat::name:
      return print(escape_control(text_at(object, view.name)) + "\n");
  }
}

}  // namespace carillon::cli
