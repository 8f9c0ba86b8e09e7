#include "server/config/yaml_document.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> faults;
  for (const YamlFault& fault : read_yaml(text).faults) {
    faults.push_back(fmt::format("{}: {}", fault.line, fault.message));
  }
  return faults;
}

// The tree on one line: quoted scalars in quotes, nothing as ~.
std::string outline(const YamlNode& node) {
  std::string out;
  switch (node.shape) {
    case YamlShape::nothing:
      return "~";
    case YamlShape::plain:
      return node.text;
    case YamlShape::quoted:
      return "'" + node.text + "'";
    case YamlShape::list:
      for (const YamlNode& item : node.items) out += outline(item) + " ";
      return "[ " + out + "]";
    case YamlShape::group:
      for (const YamlMember& member : node.members) {
        out += fmt::format("{}@{}={} ", member.key, member.line, outline(member.value));
      }
      return "{ " + out + "}";
  }
  return out;
}

std::string read(std::string_view text) {
  EXPECT_THAT(faults_of(text), IsEmpty());
  return outline(read_yaml(text).root);
}

TEST(ReadYaml, keeps_every_scalar_as_the_text_that_was_written) {
  EXPECT_EQ(read("a: 012\nb: yes\nc: '1'\nd: \"x # y\"  # note\ne: 1.50\n"),
            "{ a@1=012 b@2=yes c@3='1' d@4='x # y' e@5=1.50 }");
}

TEST(ReadYaml, reads_nested_groups_and_lists_with_their_lines) {
  EXPECT_EQ(read("a:\n  b:\n    - x\n    - 'y'\n  c: [1, 2]\n\nd: {e: f}\n"),
            "{ a@1={ b@2=[ x 'y' ] c@5=[ 1 2 ] } d@7={ e@7=f } }");
}

TEST(ReadYaml, takes_an_empty_value_as_nothing) {
  EXPECT_EQ(read("a:\nb: ~\nc: null\nd: ''\n"), "{ a@1=~ b@2=~ c@3=~ d@4='' }");
}

TEST(ReadYaml, takes_an_empty_text_as_nothing) {
  EXPECT_EQ(read(""), "~");
  EXPECT_EQ(read("# only a comment\n"), "~");
}

TEST(ReadYaml, skips_a_byte_order_mark_and_reads_lines_that_end_in_cr_lf) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a: 1\r\nb: 2\r\n"),
            "{ a@1=1 b@2=2 }");
}

struct Refused {
  const char* text;
  const char* fault;
};

TEST(ReadYaml, refuses_what_makes_a_file_mean_something_else_than_it_seems_to_say) {
  const Refused refused[] = {
      {"a: &x 1\n", "1: Anchors (&name) are not read."},
      {"a: &x\n  b: 1\n", "1: Anchors (&name) are not read."},
      {"a: 1\nb: *x\n", "2: Aliases (*name) are not read."},
      {"a: !!int 1\n", "1: Tags (!name) are not read."},
      {"a: !x [1]\n", "1: Tags (!name) are not read."},
      {"a: ! 1\n", "1: Tags (!name) are not read."},
      {"a: ! 'x'\n", "1: Tags (!name) are not read."},
      {"<<: {a: 1}\n", "1: Merge keys (<<) are not read."},
      {"a: |\n  text\n", "1: Block text (| and >) is not read."},
      {"a:\n  b: >-\n    text\n", "2: Block text (| and >) is not read."},
      {"a: 1\nb: 2\na: 3\n", "3: a is already given in line 1."},
      {"a:\n  b: 1\n  'b': 2\n", "3: b is already given in line 2."},
      {"a: 1\n---\nb: 2\n", "2: A second document begins here."},
      {"%YAML 1.2\n---\na: 1\n", "1: Directives (%NAME) are not read."},
      {"? [a, b]\n: 1\n", "1: A key must be a word."},
      {": 1\n", "1: A key must be a word."},
      {"'': 1\n", "1: A key must be a word."},
      {"a: 1\n\tb: 2\n", "2: The line is indented with a tab."},
      {"a: 'x\n", "1: This is not valid YAML: illegal EOF in scalar."},
      {"a: \"x\n\n  \t\r\n", "1: This is not valid YAML: illegal EOF in scalar."},
      {"a: [1, 2\n", "1: This is not valid YAML: end of sequence flow not found."},
      {"a: \x01\n", "1: The line has a control character."},
      {"a: 1\nb: \xff\n", "2: The text is not UTF-8."},
  };
  for (const Refused& row : refused) {
    EXPECT_THAT(faults_of(row.text), ElementsAre(row.fault)) << row.text;
  }
}

TEST(ReadYaml, reports_an_alias_of_a_known_anchor_as_both) {
  EXPECT_THAT(faults_of("a: &x 1\nb: *x\n"),
              ElementsAre("1: Anchors (&name) are not read.", "2: Aliases (*name) are not read."));
}

TEST(ReadYaml, keeps_the_first_of_two_equal_keys) {
  EXPECT_EQ(outline(read_yaml("a: 1\na: 2\n").root), "{ a@1=1 }");
}

TEST(ReadYaml, bounds_the_depth) {
  std::string text = "k: ";
  for (std::size_t level = 0; level < 200; ++level) text += '[';
  for (std::size_t level = 0; level < 200; ++level) text += ']';
  EXPECT_THAT(faults_of(text), ElementsAre("1: This is nested deeper than 10 levels."));
}

TEST(ReadYaml, survives_a_depth_that_would_exhaust_the_stack) {
  const YamlDocument document = read_yaml(std::string(60'000, '['));
  EXPECT_EQ(document.root.shape, YamlShape::nothing);
  EXPECT_FALSE(document.faults.empty());
}

// The library reports such a text as documents without end.
TEST(ReadYaml, comes_to_an_end_where_brackets_do_not_match) {
  EXPECT_THAT(faults_of(", b]\n]\n'\n7"),
              ElementsAre("1: This is not valid YAML: it belongs to nothing above it."));
  EXPECT_THAT(faults_of("a: 1\n]\n"), ElementsAre("2: This is not valid YAML: illegal flow end."));
}

TEST(ReadYaml, bounds_the_keys_of_a_group) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += fmt::format("a{}:\n", i);
  EXPECT_THAT(faults_of(text), ElementsAre("257: This group has more than 256 keys."));
}

TEST(ReadYaml, bounds_the_size) {
  EXPECT_THAT(faults_of("a: " + std::string(kYamlBytesMax, 'x')),
              ElementsAre("1: The file has 65539 bytes; 65536 are allowed."));
}

TEST(ReadYaml, bounds_the_number_of_faults) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("a{}: &x{} 1\n", i, i);
  EXPECT_EQ(read_yaml(text).faults.size(), kYamlFaultsMax);
}

}  // namespace
}  // namespace carillon::server
