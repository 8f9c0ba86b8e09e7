#include "api/http/listening/listen_address.h"

#include <gtest/gtest.h>

#include "api/http/bounds/connection_census.h"
#include "api/http/listening/port_owner.h"
#include "api/http/request_ids.h"

namespace carillon::http {
namespace {

TEST(ListenAddress, has_a_few_forms) {
  using Address = ListenAddress;
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080"), (Address{.host = "127.0.0.1", .port = 8080}));
  EXPECT_EQ(parse_listen_address(":0"), (Address{.host = "127.0.0.1", .port = 0}));
  EXPECT_EQ(parse_listen_address("localhost:80"), (Address{.host = "127.0.0.1", .port = 80}));
  EXPECT_EQ(parse_listen_address("[::1]:8080"),
            (Address{.family = AddressFamily::ipv6, .host = "::1", .port = 8080}));
}

TEST(ListenAddress, refuses_all_others_with_a_form_to_copy) {
  for (const char* text :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "host:80", "::1:80", "[::1]",
        "[127.0.0.1]:80", "127.0.0.1:8o", "127.1:80", "127.0.0.1:-1"}) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().code, ErrorCode::invalid_value);
    EXPECT_NE(address.error().hint.find("--listen 127.0.0.1:8080"), std::string::npos);
  }
}

TEST(ListenAddress, knows_what_only_this_machine_reaches) {
  EXPECT_TRUE(parse_listen_address(":1")->is_loopback());
  EXPECT_TRUE(parse_listen_address("[::1]:1")->is_loopback());
  EXPECT_FALSE(parse_listen_address("0.0.0.0:1")->is_loopback());
  EXPECT_FALSE(parse_listen_address("[::]:1")->is_loopback());
}

TEST(ListeningInodes, are_those_of_listening_sockets_on_the_port) {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "4711 1\n"
      "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 "
      "4712 1\n"
      "   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "4713 1\n";
  EXPECT_EQ(listening_inodes(table, 8080), std::vector<std::uint64_t>{4711});
  EXPECT_TRUE(listening_inodes("garbage\n", 8080).empty());
}

TEST(ConnectionCensus, bounds_the_total_and_each_address) {
  ConnectionCensus census(3, 2);
  EXPECT_EQ(census.enter("a"), Admission::admitted);
  EXPECT_EQ(census.enter("a"), Admission::admitted);
  EXPECT_EQ(census.enter("a"), Admission::address_full);
  EXPECT_EQ(census.enter("b"), Admission::admitted);
  EXPECT_EQ(census.enter("c"), Admission::full);
  census.leave("a");
  EXPECT_EQ(census.enter("a"), Admission::admitted);
  EXPECT_EQ(census.open(), 3u);
  EXPECT_EQ(census.refused_total(), 2u);
}

TEST(RequestIds, are_taken_over_only_if_harmless) {
  EXPECT_TRUE(is_sane_request_id("build-7_a.B"));
  for (const std::string& id :
       {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\nb"),
        std::string("a\"b"), std::string("\xc3\xa4")}) {
    EXPECT_FALSE(is_sane_request_id(id)) << id;
  }
}

TEST(RequestIds, are_fresh_version_7_uuids) {
  RequestIds ids(1);
  const std::string first = ids.next(Instant::from_unix_ms(1));
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(first[14], '7');
  EXPECT_NE(first, ids.next(Instant::from_unix_ms(1)));
}

}  // namespace
}  // namespace carillon::http
