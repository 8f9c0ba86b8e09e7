#include "base/wire.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "base/strong_id.h"

namespace carillon {
namespace testing {

enum class Shade : std::uint8_t { light, dark = 3 };

}  // namespace testing

template <>
struct Words<testing::Shade> {
  static constexpr std::array<std::pair<testing::Shade, std::string_view>, 2> rows{
      {{testing::Shade::light, "light"}, {testing::Shade::dark, "dark"}}};
};

namespace {

using testing::Shade;

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

struct Small {
  Shade shade = Shade::light;
  std::uint32_t count = 0;
  std::int32_t change = 0;
  bool on = false;
  static constexpr auto fields() {
    return std::tuple{Field{1, "shade", &Small::shade}, Field{2, "count", &Small::count},
                      Field{3, "change", &Small::change}, Field{4, "on", &Small::on}};
  }
};

Bytes one_number(std::uint32_t field, std::uint64_t value) {
  Bytes bytes;
  wire::put_varint(bytes, std::uint64_t{field} * 2);
  wire::put_varint(bytes, value);
  return bytes;
}

// Numbers without an enumerator were read and ran through every switch.
TEST(Wire, refuses_an_unknown_enumerator_as_newer) {
  EXPECT_EQ(from_wire<Small>(one_number(1, 3))->shade, Shade::dark);
  for (const std::uint64_t value : {1U, 2U, 4U, 255U, 256U, 259U}) {
    EXPECT_EQ(from_wire<Small>(one_number(1, value)).error().code, ErrorCode::newer_version);
  }
}

TEST(Wire, refuses_a_number_that_does_not_fit) {
  constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 32;
  EXPECT_EQ(from_wire<Small>(one_number(2, kTooLarge - 1))->count, kTooLarge - 1);
  EXPECT_EQ(from_wire<Small>(one_number(2, kTooLarge)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(from_wire<Small>(one_number(3, wire::zigzag(-(std::int64_t{1} << 31))))->change,
            std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(from_wire<Small>(one_number(3, kTooLarge)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(from_wire<Small>(one_number(4, 2)).error().code, ErrorCode::corrupt);
}

TEST(Wire, refuses_a_field_number_beyond_all) {
  Bytes bytes;
  wire::put_varint(bytes,
                   ((std::uint64_t{1} << 32) + 2) * 2);  // Cut to 32 bits it would be `count`.
  wire::put_varint(bytes, 1);
  EXPECT_EQ(from_wire<Small>(bytes).error().code, ErrorCode::corrupt);
}

TEST(JsonWriter, writes_members_in_table_order_with_nulls) {
  EXPECT_EQ(to_json(Sample{.name = "a\"b\n", .at = Instant::from_unix_ms(1)}),
            R"({"id":0,"name":"a\"b\n","limit":3,"at":"1970-01-01T00:00:00.001Z","inner":[],)"
            R"("tags":[],"parent":null,"body":null,"on":false})");
}

}  // namespace
}  // namespace carillon
