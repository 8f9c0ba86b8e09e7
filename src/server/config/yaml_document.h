// YamlNode: the strict part of YAML as a tree with lines. Pure; yaml_document.cc alone knows a
// YAML library.
//
// Read are maps, lists and one-line plain or quoted scalars, of which no type is guessed: the key
// decides. Refused are anchors, aliases, tags, merge keys, directives, block text, duplicate keys
// and a second document, because each makes a file mean something else than it seems to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::server {

inline constexpr std::size_t kYamlBytesMax = 64 * 1024;
inline constexpr std::size_t kYamlDepthMax = 10;
inline constexpr std::size_t kYamlGroupKeysMax = 256;
inline constexpr std::size_t kYamlFaultsMax = 50;

enum class YamlShape : std::uint8_t { nothing, plain, quoted, list, group };

struct YamlMember;

struct YamlNode {
  YamlShape shape = YamlShape::nothing;
  std::size_t line = 1;             // 1-based, where the node begins.
  std::string text;                 // Of a scalar.
  std::vector<YamlNode> items;      // Of a list.
  std::vector<YamlMember> members;  // Of a group, in the order of the file; keys are unique.
};

struct YamlMember {
  std::string key;
  std::size_t line = 1;
  YamlNode value;
};

struct YamlFault {
  std::size_t line = 1;
  std::string message;
  std::string hint;

  friend bool operator==(const YamlFault&, const YamlFault&) = default;
};

struct YamlDocument {
  YamlNode root;                  // Nothing, if the text could not be read to its end.
  std::vector<YamlFault> faults;  // In the order of the file, at most kYamlFaultsMax.
};

// Reads one document. An empty text is an empty document, with a root that is nothing.
YamlDocument read_yaml(std::string_view text);

}  // namespace carillon::server
