#include "api/messages/command_bodies.h"

#include <utility>

#include "base/text.h"
#include "codec/json_reader.h"
#include "domain/words.h"

namespace carillon::api {

template <class Body>
std::expected<Body, std::vector<Error>> read_body(std::string_view json) {
  Body body;
  if (trimmed(json).empty()) return body;
  const auto document = JsonDocument::parse(json);
  if (!document) return std::unexpected(std::vector<Error>{document.error()});
  JsonReader reader;
  reader.read(document->root(), "", body);
  if (!reader.errors().empty()) return std::unexpected(reader.take_errors());
  return body;
}

template std::expected<ScheduleBody, std::vector<Error>> read_body(std::string_view);
template std::expected<PauseBody, std::vector<Error>> read_body(std::string_view);
template std::expected<CancelBody, std::vector<Error>> read_body(std::string_view);
template std::expected<RunBody, std::vector<Error>> read_body(std::string_view);
template std::expected<EmptyBody, std::vector<Error>> read_body(std::string_view);
template std::expected<StatusBody, std::vector<Error>> read_body(std::string_view);
template std::expected<ExplainBody, std::vector<Error>> read_body(std::string_view);
template std::expected<BackupBody, std::vector<Error>> read_body(std::string_view);

}  // namespace carillon::api
