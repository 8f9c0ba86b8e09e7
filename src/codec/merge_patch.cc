#include "codec/merge_patch.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

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

// The members of an object by name. simdjson looks through all of them for each, which with as many
// names in target and patch as a body can hold takes half a minute.
class Members {
 public:
  explicit Members(const object& from) {
    for (const auto [name, member] : from) by_name_.emplace_back(name, member);
    std::ranges::sort(by_name_, {}, &Member::first);
  }

  [[nodiscard]] std::optional<element> find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(by_name_, name, {}, &Member::first);
    if (found == by_name_.end() || found->first != name) return std::nullopt;
    return found->second;
  }

 private:
  using Member = std::pair<std::string_view, element>;
  std::vector<Member> by_name_;
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
  const Members known(before);
  const Members changed(changes);
  MemberWriter members(out);
  for (const auto [name, member] : before) {
    const auto change = changed.find(name);
    if (!change) {
      members.name(name);
      out += minified(member);
    } else if (!change->is_null()) {
      members.name(name);
      append_merged(out, member, *change);
    }
  }
  for (const auto [name, change] : changes) {
    if (change.is_null() || known.find(name)) continue;
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
