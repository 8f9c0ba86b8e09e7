#include "base/wire.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "base/strong_id.h"

namespace carillon {
namespace {

using SampleId = StrongId<std::uint64_t, struct SampleIdTag>;

struct Inner {
  std::int64_t number = 0;
  friend bool operator==(const Inner&, const Inner&) = default;
  static constexpr auto fields() { return std::tuple{Field{1, "number", &Inner::number}}; }
};

struct Sample {
  SampleId id;
  std::string name;
  std::uint32_t limit = 3;  // a default that is not zero
  std::optional<Instant> at;
  std::vector<Inner> inner;
  std::vector<std::string> tags;
  std::optional<SampleId> parent;
  JsonText body;
  bool on = false;
  friend bool operator==(const Sample&, const Sample&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "id", &Sample::id},         Field{2, "name", &Sample::name},
                      Field{3, "limit", &Sample::limit},   Field{4, "at", &Sample::at},
                      Field{5, "inner", &Sample::inner},   Field{6, "tags", &Sample::tags},
                      Field{7, "parent", &Sample::parent}, Field{8, "body", &Sample::body},
                      Field{9, "on", &Sample::on}};
  }
};

Sample full_sample() {
  return {.id = SampleId{std::numeric_limits<std::uint64_t>::max()},
          .name = "näme",
          .limit = 0,
          .at = Instant::from_unix_ms(0),
          .inner = {{.number = std::numeric_limits<std::int64_t>::min()}, {.number = 0}},
          .tags = {"a", ""},
          .parent = SampleId{7},
          .body = JsonText(R"({"x":[1,2]})"),
          .on = true};
}

TEST(Wire, gives_back_every_member) {
  const Sample sample = full_sample();
  EXPECT_EQ(from_wire<Sample>(to_wire(sample)).value(), sample);
}

TEST(Wire, of_defaults_is_empty) {
  EXPECT_EQ(to_wire(Sample{}), "");
  EXPECT_EQ(from_wire<Sample>("").value(), Sample{});
}

TEST(Wire, refuses_every_cut_of_a_value_or_reads_a_shorter_one_that_is_valid) {
  const Bytes bytes = to_wire(full_sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto read = from_wire<Sample>(std::string_view(bytes).substr(0, length));
    if (read) EXPECT_NE(*read, full_sample());
  }
}

TEST(Wire, refuses_an_unknown_field_as_newer) {
  Bytes bytes;
  wire::put_varint(bytes, 99 * 2);
  wire::put_varint(bytes, 1);
  EXPECT_EQ(from_wire<Sample>(bytes).error().code, ErrorCode::newer_version);
}

TEST(Wire, refuses_the_wrong_kind) {
  Bytes bytes;
  wire::put_varint(bytes, 2 * 2);  // name as a number
  wire::put_varint(bytes, 1);
  EXPECT_EQ(from_wire<Sample>(bytes).error().code, ErrorCode::corrupt);
}

TEST(JsonWriter, writes_members_in_table_order_with_nulls) {
  EXPECT_EQ(to_json(Sample{.name = "a\"b\n", .at = Instant::from_unix_ms(1)}),
            R"({"id":0,"name":"a\"b\n","limit":3,"at":"1970-01-01T00:00:00.001Z","inner":[],)"
            R"("tags":[],"parent":null,"body":null,"on":false})");
}

}  // namespace
}  // namespace carillon
