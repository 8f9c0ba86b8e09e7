#include "executors/net/address_guard.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

struct Judged {
  std::string_view address;
  std::string_view why;
};

class Kind : public ::testing::TestWithParam<Judged> {};

TEST_P(Kind, is_told) {
  const auto address = parse_ip(GetParam().address);
  ASSERT_TRUE(address) << GetParam().address;
  EXPECT_EQ(why_not_public(*address), GetParam().why) << GetParam().address;
}

INSTANTIATE_TEST_SUITE_P(
    AddressGuard, Kind,
    ::testing::Values(
        Judged{"8.8.8.8", ""}, Judged{"1.1.1.1", ""}, Judged{"172.15.255.255", ""},
        Judged{"172.32.0.0", ""}, Judged{"100.63.255.255", ""}, Judged{"100.128.0.0", ""},
        Judged{"169.253.0.1", ""}, Judged{"192.167.1.1", ""}, Judged{"223.255.255.255", ""},
        Judged{"0.0.0.0", "unspecified"}, Judged{"0.1.2.3", "unspecified"},
        Judged{"10.0.0.1", "private"}, Judged{"10.255.255.255", "private"},
        Judged{"172.16.0.1", "private"}, Judged{"172.31.255.255", "private"},
        Judged{"192.168.0.1", "private"}, Judged{"127.0.0.1", "loopback"},
        Judged{"127.255.255.254", "loopback"}, Judged{"169.254.169.254", "link-local"},
        Judged{"168.63.129.16", "cloud metadata"}, Judged{"100.64.0.1", "carrier-grade NAT"},
        Judged{"100.127.255.255", "carrier-grade NAT"}, Judged{"192.0.0.8", "reserved"},
        Judged{"192.0.2.1", "documentation"}, Judged{"198.18.0.1", "benchmarking"},
        Judged{"198.51.100.1", "documentation"}, Judged{"203.0.113.1", "documentation"},
        Judged{"224.0.0.1", "multicast"}, Judged{"239.255.255.255", "multicast"},
        Judged{"240.0.0.1", "reserved"}, Judged{"255.255.255.255", "reserved"},
        Judged{"2606:4700:4700::1111", ""}, Judged{"2a00:1450::1", ""}, Judged{"::1", "loopback"},
        Judged{"::", "unspecified"}, Judged{"fe80::1", "link-local"},
        Judged{"febf::1", "link-local"}, Judged{"fec0::1", "reserved"},
        Judged{"fc00::1", "private"}, Judged{"fd00:ec2::254", "private"},
        Judged{"ff02::1", "multicast"}, Judged{"2001:db8::1", "documentation"},
        Judged{"3fff::1", "documentation"}, Judged{"2001::1", "reserved"},  // Teredo.
        Judged{"100::1", "reserved"}, Judged{"5f00::1", "reserved"},
        Judged{"::ffff:127.0.0.1", "loopback"}, Judged{"::ffff:10.0.0.1", "private"},
        Judged{"::ffff:8.8.8.8", ""}, Judged{"::127.0.0.1", "loopback"},
        Judged{"::ffff:0:127.0.0.1", "loopback"}, Judged{"64:ff9b::127.0.0.1", "loopback"},
        Judged{"64:ff9b::a9fe:a9fe", "link-local"}, Judged{"64:ff9b::8.8.8.8", ""},
        Judged{"64:ff9b:1::10.0.0.1", "reserved"}, Judged{"2002:7f00:1::", "loopback"},
        Judged{"2002:a00:1::1", "private"}, Judged{"2002:808:808::1", ""}));

TEST(AddressGuard, reads_addresses_strictly) {
  for (const auto* text : {"127.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "127.0.0.1.", "[::1]",
                           "::1%lo", "1.2.3.4.5", "", "256.1.1.1", "localhost"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
}

// Spellings that some resolver or browser takes for a private address. Each must be refused when
// the URL is looked at, or have a host that is a name, whose addresses are judged at the socket.
TEST(AddressGuard, sees_through_odd_spellings_of_private_addresses) {
  for (const auto* url : {"http://127.0.0.1/",
                          "http://127.1/",
                          "http://127.0.1/",
                          "http://2130706433/",
                          "http://0x7f000001/",
                          "http://0x7f.0x0.0x0.0x1/",
                          "http://0177.0.0.1/",
                          "http://017700000001/",
                          "http://0/",
                          "http://0.0.0.0/",
                          "http://[::1]/",
                          "http://[::]/",
                          "http://[0:0:0:0:0:0:0:1]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://[::ffff:7f00:1]/",
                          "http://[::127.0.0.1]/",
                          "http://[64:ff9b::7f00:1]/",
                          "http://[2002:7f00:1::]/",
                          "http://127.0.0.1:80/",
                          "http://127.0.0.1./",
                          "http://127.1./",
                          "http://0x7f.1./",
                          "http://169.254.169.254/latest/meta-data",
                          "http://[fd00:ec2::254]/",
                          "HTTP://10.0.0.1",
                          "http://[fe80::1]/",
                          "https://192.168.1.1/x",
                          "http://%31%32%37.0.0.1/",
                          "http://127.0.0.1#@example.com/",
                          "http://127.0.0.1?@example.com/"}) {
    const auto checked = AddressGuard().check_url(url);
    EXPECT_FALSE(checked) << url << " has host " << host_of(url).value_or("-");
  }
}

TEST(AddressGuard, refuses_urls_that_are_not_plain_http) {
  for (const auto* url :
       {"ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "example.com",
        "//example.com", "http://", "http://user:pass@example.com/", "http://user@example.com",
        "http://127.0.0.1\\@example.com/", "dict://x:1/", "http://a b/", "javascript:alert(1)",
        "http://exa\nmple.com/", "http://.", "smb://x/y", ""}) {
    EXPECT_FALSE(AddressGuard().check_url(url)) << url;
  }
}

TEST(AddressGuard, reads_no_url_up_to_a_nul_only) {
  EXPECT_FALSE(AddressGuard().check_url(std::string("http://example.com\0.invalid/", 28)));
}

TEST(AddressGuard, accepts_ordinary_urls) {
  for (const auto* url : {"http://example.com", "https://example.com:8443/a?b=c#d",
                          "https://8.8.8.8/", "http://[2606:4700:4700::1111]/"}) {
    const auto checked = AddressGuard().check_url(url);
    EXPECT_TRUE(checked) << url << ": " << checked.error().message;
  }
}

TEST(AddressGuard, allows_listed_blocks_addresses_and_hosts_only) {
  const std::vector<std::string> entries{"10.1.0.0/16", "127.0.0.1", "fd00::/8", "Db.Internal"};
  const auto guard = AddressGuard::allowing(entries);
  ASSERT_TRUE(guard);
  EXPECT_TRUE(guard->check("x", *parse_ip("10.1.255.1")));
  EXPECT_FALSE(guard->check("x", *parse_ip("10.2.0.1")));
  EXPECT_TRUE(guard->check("x", *parse_ip("127.0.0.1")));
  EXPECT_TRUE(guard->check("x", *parse_ip("::ffff:127.0.0.1")));
  EXPECT_FALSE(guard->check("x", *parse_ip("127.0.0.2")));
  EXPECT_TRUE(guard->check("x", *parse_ip("fd12::1")));
  EXPECT_TRUE(guard->check("db.internal.", *parse_ip("192.168.0.9")));
  EXPECT_FALSE(guard->check("other.internal", *parse_ip("192.168.0.9")));
  EXPECT_TRUE(guard->check_url("http://10.1.2.3/"));
}

TEST(AddressGuard, refuses_list_entries_that_are_nothing) {
  for (const auto* entry :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "a b", "", "name/8", "::/129"}) {
    const std::vector<std::string> entries{entry};
    EXPECT_FALSE(AddressGuard::allowing(entries)) << entry;
  }
}

}  // namespace
}  // namespace carillon
