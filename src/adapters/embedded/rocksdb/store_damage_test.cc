// What is read out of RocksDB's words; what is found in files is in tests/conformance.
#include "adapters/embedded/rocksdb/store_damage.h"

#include <array>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(TableDamage, names_the_table_and_the_byte_of_what_rocksdb_says) {
  struct Case {
    std::string_view text;
    std::string_view clause;
  };
  constexpr std::array kCases{
      Case{"Corruption: Sst file size mismatch between expected 18793 and file system 9396 "
           "sstable: /d/store/000011.sst  The file /d/store/MANIFEST-000014 may be corrupted.",
           "000011.sst has 9396 bytes instead of 18793"},
      Case{"Corruption: block checksum mismatch: stored(context removed) = 3617586, computed = "
           "3728832189, type = 4  in /d/store/000011.sst offset 17517 size 1105, block_type = "
           "Properties",
           "000011.sst is damaged at byte 17517"},
      Case{"Corruption: Bad table magic number: expected 9863518390377041911, found 1 in "
           "/d/store/000011.sst",
           "000011.sst is damaged at its end"},
      Case{"Corruption: IO error: No such file or directory: While open a file for random read: "
           "/d/store/000011.sst: No such file or directory",
           "000011.sst is missing"},
      Case{"Corruption: something else in 000011.sst", "000011.sst is damaged"}};
  for (const Case& c : kCases) EXPECT_EQ(table_damage(c.text), c.clause);
  EXPECT_FALSE(table_damage("Corruption: checksum mismatch"));
}

}  // namespace
}  // namespace carillon
