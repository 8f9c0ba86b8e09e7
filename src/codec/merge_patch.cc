#include "codec/merge_patch.h"

#include "base/json_writer.h"

namespace carillon {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

class MemberWriter {
 public:
  explicit MemberWriter(std::string& out) : out_(out) { out_.push_back('{'); }

  void name(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    append_json_string(out_, name);
    out_.push_back(':');
  }

  void close() { out_.push_back('}'); }

 private:
  std::string& out_;
  bool first_ = true;
};

// A patch value where the target has nothing: objects lose their nulls on the way in.
void append_new(std::string& out, element value) {
  if (!value.is_object()) {
    out += minified(value);
    return;
  }
  MemberWriter members(out);
  for (const auto [name, member] : object(value)) {
    if (member.is_null()) continue;
    members.name(name);
    append_new(out, member);
  }
  members.close();
}

void append_merged(std::string& out, element target, element patch) {
  if (!patch.is_object() || !target.is_object()) {
    append_new(out, patch);
    return;
  }
  const object before(target);
  const object changes(patch);
  MemberWriter members(out);
  for (const auto [name, member] : before) {
    element change;
    if (changes.at_key(name).get(change) != simdjson::SUCCESS) {
      members.name(name);
      out += minified(member);
    } else if (!change.is_null()) {
      members.name(name);
      append_merged(out, member, change);
    }
  }
  for (const auto [name, change] : changes) {
    element existing;
    if (change.is_null() || before.at_key(name).get(existing) == simdjson::SUCCESS) continue;
    members.name(name);
    append_new(out, change);
  }
  members.close();
}

}  // namespace

std::string merge_patch(element target, element patch) {
  std::string out;
  append_merged(out, target, patch);
  return out;
}

}  // namespace carillon
