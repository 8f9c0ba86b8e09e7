#include "server/config/yaml_document.h"

#include <algorithm>
#include <exception>
#include <istream>
#include <optional>
#include <streambuf>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"

namespace carillon::server {
namespace {

constexpr const char* kNoAliases = "Write the value out at each place.";
constexpr const char* kLineHint =
    "Each line is `key: value`, indented with two blanks per level; put a value with special "
    "characters in quotes.";

std::size_t line_of(const YAML::Mark& mark) {
  return mark.line < 0 ? 1 : static_cast<std::size_t>(mark.line) + 1;
}

// A text as a message may show it.
std::string shown(std::string_view text) {
  constexpr std::size_t kShownMax = 60;
  return escape_control(text.substr(0, kShownMax));
}

// A stream over bytes that outlive it.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string& text) {
    setg(text.data(), text.data(), text.data() + text.size());
  }
};

// Makes the tree from the library's events, and notes what strict files may not have.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : lines_(split(text, '\n')) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    ++documents_;
    if (documents_ == 1) return;
    const std::size_t line = line_of(mark);
    if (line <= lines_.size() && lines_[line - 1].starts_with("---")) {
      refuse(line, "A second document begins here.",
             "Keep one document per file; carillon has no profiles.");
    } else {
      refuse(line, "This is not valid YAML: it belongs to nothing above it.", kLineHint);
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({.shape = YamlShape::nothing,
         .line = line_of(mark),
         .text = {},
         .items = {},
         .members = {}});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "Aliases (*name) are not read.", kNoAliases);
    add({.line = line_of(mark), .text = {}, .items = {}, .members = {}});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    const char first = first_character(mark);
    if (first == '|' || first == '>') {
      refuse(mark, "Block text (| and >) is not read.", "Write the text in quotes on one line.");
    }
    if (expects_key() && value == "<<") {
      refuse(mark, "Merge keys (<<) are not read.", kNoAliases);
    }
    add({.shape = tag == "?" ? YamlShape::plain : YamlShape::quoted,
         .line = line_of(mark),
         .text = value,
         .items = {},
         .members = {}});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlShape::list);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlShape::group);
  }
  void OnMapEnd() override { end(); }

  void refuse(std::size_t line, std::string message, std::string hint) {
    if (faults_.size() >= kYamlFaultsMax) return;
    YamlFault fault{.line = line, .message = std::move(message), .hint = std::move(hint)};
    if (!faults_.empty() && faults_.back() == fault) return;
    faults_.push_back(std::move(fault));
  }

  // Of the first document; later ones were refused.
  [[nodiscard]] YamlNode take_root() { return std::move(root_); }
  [[nodiscard]] std::vector<YamlFault> take_faults() { return std::move(faults_); }

 private:
  // A list or group that is open, and the key that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlMember> waiting;
  };

  void refuse(const YAML::Mark& mark, std::string message, std::string hint) {
    refuse(line_of(mark), std::move(message), std::move(hint));
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "Anchors (&name) are not read.", kNoAliases);
  }

  // The library answers "?" for what is untagged and "!" for what is quoted or tagged with "!".
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool tagged = tag != "?" && (tag != "!" || first_character(mark) == '!');
    if (tagged) refuse(mark, "Tags (!name) are not read.", "Remove the tag; the key has a type.");
  }

  [[nodiscard]] char first_character(const YAML::Mark& mark) const {
    const std::size_t line = line_of(mark) - 1;
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    return line < lines_.size() && column < lines_[line].size() ? lines_[line][column] : '\0';
  }

  [[nodiscard]] bool expects_key() const {
    return skipped_ == 0 && !open_.empty() && open_.back().node.shape == YamlShape::group &&
           !open_.back().waiting;
  }

  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YamlShape shape) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (skipped_ > 0 || open_.size() == kYamlDepthMax) {
      if (skipped_ == 0) {
        refuse(mark, fmt::format("This is nested deeper than {} levels.", kYamlDepthMax),
               "No key lies that deep.");
      }
      ++skipped_;
      return;
    }
    open_.push_back(
        {.node = {.shape = shape, .line = line_of(mark), .text = {}, .items = {}, .members = {}},
         .waiting = std::nullopt});
  }

  void end() {
    if (skipped_ > 0) {
      if (--skipped_ == 0) add({});
      return;
    }
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (skipped_ > 0) return;
    if (open_.empty()) {
      if (documents_ <= 1) root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.shape == YamlShape::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.waiting) {
      parent.waiting->value = std::move(node);
      add_member(parent.node, *std::exchange(parent.waiting, std::nullopt));
    } else {
      parent.waiting = key_of(std::move(node));
    }
  }

  YamlMember key_of(YamlNode node) {
    const bool word = node.shape == YamlShape::plain || node.shape == YamlShape::quoted;
    if (!word || node.text.empty()) {
      refuse(node.line, "A key must be a word.", "Write `key: value`.");
      node.text.clear();
    }
    return {.key = std::move(node.text), .line = node.line, .value = {}};
  }

  // The first of two equal keys stands; keys that were refused have no name and are left out.
  void add_member(YamlNode& group, YamlMember member) {
    if (member.key.empty() || member.key == "<<") return;
    const auto same = std::ranges::find(group.members, member.key, &YamlMember::key);
    if (same == group.members.end()) {
      if (group.members.size() < kYamlGroupKeysMax) {
        group.members.push_back(std::move(member));
      } else if (!std::exchange(has_crowded_group_, true)) {
        refuse(member.line, fmt::format("This group has more than {} keys.", kYamlGroupKeysMax),
               "Is this the right file?");
      }
      return;
    }
    refuse(member.line,
           fmt::format("{} is already given in line {}.", shown(member.key), same->line),
           "Keep one of the two.");
  }

  std::vector<std::string_view> lines_;
  std::vector<YamlFault> faults_;
  std::vector<Open> open_;
  std::size_t skipped_ = 0;  // Open lists and groups that lie too deep.
  int documents_ = 0;
  bool has_crowded_group_ = false;  // It was reported, and once is enough.
  YamlNode root_;
};

// What is checked before the library sees a byte: it guesses encodings and accepts anything.
std::optional<YamlFault> unreadable(std::string_view text) {
  if (text.size() > kYamlBytesMax) {
    return YamlFault{.message = fmt::format("The file has {} bytes; {} are allowed.", text.size(),
                                            kYamlBytesMax),
                     .hint = "Is this the right file?"};
  }
  std::size_t line = 0;
  for (const std::string_view bytes : split(text, '\n')) {
    ++line;
    if (!is_utf8(bytes)) {
      return YamlFault{
          .line = line, .message = "The text is not UTF-8.", .hint = "Save the file as UTF-8."};
    }
    const auto is_control = [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f;
    };
    if (std::ranges::any_of(bytes, is_control)) {
      return YamlFault{
          .line = line, .message = "The line has a control character.", .hint = "Remove it."};
    }
    if (bytes.starts_with('%')) {
      return YamlFault{.line = line,
                       .message = "Directives (%NAME) are not read.",
                       .hint = "Remove the line; a value that begins with % needs quotes."};
    }
  }
  return std::nullopt;
}

void note_exception(TreeBuilder& builder, const YAML::Exception& thrown) {
  namespace text = YAML::ErrorMsg;
  const std::size_t line = line_of(thrown.mark);
  if (thrown.msg.starts_with(text::UNKNOWN_ANCHOR)) {
    builder.refuse(line, "Aliases (*name) are not read.", kNoAliases);
  } else if (thrown.msg.starts_with(text::TAB_IN_INDENTATION)) {
    builder.refuse(line, "The line is indented with a tab.", "Indent with blanks.");
  } else {
    builder.refuse(line, fmt::format("This is not valid YAML: {}.", shown(thrown.msg)), kLineHint);
  }
}

}  // namespace

YamlDocument read_yaml(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (std::optional<YamlFault> fault = unreadable(text)) {
    return {.root = {}, .faults = {std::move(*fault)}};
  }
  // At the end of the text, the library takes a line break for the quote that is missing.
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  TreeBuilder builder(text);
  try {
    std::string bytes(text);
    TextBuffer buffer(bytes);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    // Two, because a second is refused; and an unexpected token is a document without end to the
    // library, which it would report forever.
    for (int documents = 0; documents < 2; ++documents) {
      if (!parser.HandleNextDocument(builder)) break;
    }
  } catch (const YAML::Exception& thrown) {
    note_exception(builder, thrown);
  } catch (const std::exception& thrown) {
    builder.refuse(1, fmt::format("The file cannot be read as YAML: {}.", shown(thrown.what())),
                   kLineHint);
  }
  return {.root = builder.take_root(), .faults = builder.take_faults()};
}

}  // namespace carillon::server
