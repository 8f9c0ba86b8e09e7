// What the files of a RocksDB store must survive and what they must refuse.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "tests/conformance/temporary_directory.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

EngineBatch batch(std::uint64_t position) {
  EngineBatch made;
  made.journal.push_back({.position = JournalPosition(position),
                          .key = "key",
                          .payload = std::string(300, static_cast<char>('a' + position % 26))});
  made.state.push_back({.key = {.key = "k" + std::to_string(position)}, .value = "value"});
  made.last_position = JournalPosition(position);
  return made;
}

// The bytes of a sound record or of its first part, as a manifest has them.
enum class Part : std::uint8_t { whole = 1, first = 2 };

std::string record_of(Part part, std::size_t length) {
  const std::string covered = static_cast<char>(part) + std::string(length, 'm');
  std::uint32_t crc = ~0U;
  for (const char c : covered) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0);
  }
  crc = ~crc;
  const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(masked >> shift);
  bytes += static_cast<char>(length & 0xff);
  bytes += static_cast<char>(length >> 8);
  return bytes + covered;
}

// While it lives, no file of this process grows beyond so many bytes, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : on_limit_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, on_limit_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t on_limit_;
};

class RocksdbOnDisk : public testing::Test {
 protected:
  fs::path directory() const { return temporary_.path() / "engine"; }

  Result<std::unique_ptr<RocksdbEngineStore>> open(RocksdbOptions options = {.free_bytes_min = 0}) {
    return RocksdbEngineStore::open(directory(), options);
  }

  // Commits positions 1..count and copies the files as a killed process would leave them.
  void commit_and_kill(std::uint64_t count) {
    const fs::path killed = temporary_.path() / "killed";
    {
      auto store = open();
      ASSERT_TRUE(store) << store.error().message;
      for (std::uint64_t i = 1; i <= count; ++i) ASSERT_TRUE((*store)->commit(batch(i)));
      fs::copy(directory(), killed);
    }
    fs::remove_all(directory());
    fs::rename(killed, directory());
  }

  // The write-ahead log with the commits: the largest one.
  fs::path log_file() const {
    fs::path largest;
    std::uintmax_t size = 0;
    for (const auto& entry : fs::directory_iterator(directory())) {
      if (entry.path().extension() != ".log" || entry.file_size() < size) continue;
      size = entry.file_size();
      largest = entry.path();
    }
    return largest;
  }

  // The manifest that CURRENT names.
  fs::path manifest() const {
    const std::string current = content(directory() / "CURRENT");
    return directory() / current.substr(0, current.find('\n'));
  }

  // What a process of its own is told when it opens the directory.
  std::string answer_to_another_process() const {
    const std::string command = "'" CARILLON_OPEN_STORE "' '" + directory().string() + "' 2>&1";
    FILE* output = ::popen(command.c_str(), "re");
    if (output == nullptr) return "cannot start " + command;
    std::string answer(4096, '\0');
    answer.resize(std::fread(answer.data(), 1, answer.size(), output));
    ::pclose(output);
    return answer;
  }

  static std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void replace(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  static void flip(const fs::path& file, std::size_t offset) {
    std::string bytes = content(file);
    bytes.at(offset) = static_cast<char>(bytes.at(offset) ^ 0x40);
    replace(file, bytes);
  }

  TemporaryDirectory temporary_;
};

TEST_F(RocksdbOnDisk, keeps_every_acknowledged_commit_of_a_killed_process) {
  commit_and_kill(50);
  auto store = open();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->mark().last_position, JournalPosition(50));
  EXPECT_EQ((*store)->journal_after(JournalPosition(0), 100)->size(), 50U);
}

TEST_F(RocksdbOnDisk, opens_with_a_torn_last_record_that_was_never_acknowledged) {
  commit_and_kill(10);
  // The next record's header and a part of its bytes, as a crash in the middle of a write leaves
  // it.
  std::ofstream(log_file(), std::ios::binary | std::ios::app)
      << std::string("\x12\x34\x56\x78\xff\x01\x01half", 11);
  auto store = open();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->mark().last_position, JournalPosition(10));
}

// A loss of power left the size of a write and only some of its bytes, and the store was refused as
// damaged although nothing acknowledged was missing.
TEST_F(RocksdbOnDisk, opens_with_an_unfinished_last_write_whatever_part_of_it_is_there) {
  commit_and_kill(10);
  const std::string before = content(log_file());
  // Header and beginning of a record of 300 bytes, then zeros; and the end of it without its
  // middle.
  const std::string head("\x12\x34\x56\x78\x25\x01\x01half of it", 17);
  const std::string zeros(300, '\0');
  for (const std::string& tail : {head + zeros, head + zeros.substr(100) + std::string(100, 'x')}) {
    replace(log_file(), before + tail);
    const fs::path copy = temporary_.path() / "copy";
    fs::copy(directory(), copy);
    {
      auto reading = RocksdbEngineStore::open_read_only(directory(), {});
      ASSERT_TRUE(reading) << reading.error().message;
      EXPECT_EQ((*reading)->mark().last_position, JournalPosition(10));
    }
    {
      auto store = open();
      ASSERT_TRUE(store) << store.error().message;
      EXPECT_EQ((*store)->mark().last_position, JournalPosition(10));
    }
    fs::remove_all(directory());
    fs::rename(copy, directory());
  }
}

TEST_F(RocksdbOnDisk, takes_damage_to_an_acknowledged_record_for_no_unfinished_write) {
  commit_and_kill(10);
  const fs::path log = log_file();
  flip(log, fs::file_size(log) - 5);
  const std::string damaged = content(log);
  for (const bool mark_is_there : {true, false}) {
    if (!mark_is_there) fs::remove(directory() / "ACKNOWLEDGED");
    const auto store = open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::corrupt);
    EXPECT_THAT(store.error().message, HasSubstr(log.filename().string() + " is damaged at byte"));
    EXPECT_EQ(content(log), damaged) << "evidence was changed";
  }
}

TEST_F(RocksdbOnDisk, refuses_a_log_that_has_lost_acknowledged_records_at_its_end) {
  commit_and_kill(10);
  const std::string bytes = content(log_file());
  replace(log_file(), bytes.substr(0, bytes.size() - 100));
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("record 10 was acknowledged"));
}

TEST_F(RocksdbOnDisk, refuses_a_log_with_any_byte_flipped) {
  commit_and_kill(40);
  const fs::path log = log_file();
  const std::string sound = content(log);
  const fs::path copy = temporary_.path() / "copy";
  fs::copy(directory(), copy);
  for (std::size_t offset = 3; offset < sound.size(); offset += sound.size() / 40) {
    fs::remove_all(directory());
    fs::copy(copy, directory());
    flip(log, offset);
    const auto store = open();
    ASSERT_FALSE(store) << "a flip at " << offset << " of " << sound.size() << " went unnoticed";
    EXPECT_EQ(store.error().code, ErrorCode::corrupt) << store.error().message;
    EXPECT_FALSE(store.error().hint.empty());
  }
}

TEST_F(RocksdbOnDisk, refuses_a_damaged_manifest_and_names_a_file) {
  commit_and_kill(3);
  for (const auto& entry : fs::directory_iterator(directory())) {
    if (!entry.path().filename().string().starts_with("MANIFEST-")) continue;
    flip(entry.path(), entry.file_size() / 2);
  }
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("engine"));
}

// RocksDB's own words were passed on, which seldom name the file and never the place in a log.
TEST_F(RocksdbOnDisk, names_the_log_and_the_byte_of_the_record_that_is_damaged) {
  commit_and_kill(40);
  // The third record begins where the second, as long as the one before it, has ended.
  const std::string bytes = content(log_file());
  std::size_t at = 0;
  for (int record = 0; record < 2; ++record) {
    at += 7U + static_cast<unsigned char>(bytes[at + 4]) +
          256U * static_cast<unsigned char>(bytes[at + 5]);
  }
  flip(log_file(), at + 20);
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, "The store is damaged: " + log_file().string() +
                                       " is damaged at byte " + std::to_string(at) + ".");
}

TEST_F(RocksdbOnDisk, names_the_file_that_is_missing_or_says_nothing) {
  struct Case {
    std::string
        name;  // CURRENT, or MANIFEST for the one that it names: an older may lie beside it.
    std::optional<std::string> bytes;
    std::string clause;
  };
  commit_and_kill(3);
  const fs::path copy = temporary_.path() / "copy";
  fs::copy(directory(), copy);
  for (const Case& c : {Case{"CURRENT", std::nullopt, " is missing."},
                        Case{"CURRENT", "", " does not name a manifest."},
                        Case{"CURRENT", "xyz\n", " does not name a manifest."},
                        Case{"MANIFEST", std::nullopt, " is missing."},
                        Case{"MANIFEST", std::string(400, '\0'), " is incomplete."},
                        Case{"MANIFEST", "x", " ends within the record at byte 0."}}) {
    fs::remove_all(directory());
    fs::copy(copy, directory());
    fs::path file = directory() / "CURRENT";
    if (c.name == "MANIFEST") {
      const std::string current = content(file);
      file = directory() / current.substr(0, current.find('\n'));
    }
    c.bytes ? replace(file, *c.bytes) : static_cast<void>(fs::remove(file));
    fs::remove(directory() / "ACKNOWLEDGED");  // It knows the manifest's length and comes first.
    for (const auto& store : {open(), RocksdbEngineStore::open_read_only(directory(), {})}) {
      ASSERT_FALSE(store) << c.name << c.clause;
      EXPECT_EQ(store.error().code, ErrorCode::corrupt);
      EXPECT_EQ(store.error().message, "The store is damaged: " + file.string() + c.clause);
    }
    EXPECT_EQ(fs::exists(file), c.bytes.has_value()) << "nothing is made in a damaged store";
  }
}

// A manifest that was cut between two records opened, and the tables of the records behind the cut
// were forgotten and removed.
TEST_F(RocksdbOnDisk, refuses_a_manifest_that_is_cut_anywhere) {
  commit_and_kill(3);
  open()->reset();  // Makes a table of the log, which the manifest's last records name.
  commit_and_kill(0);
  const fs::path file = manifest();
  const std::string whole = content(file);
  for (std::size_t size = whole.size() - 1; size > 0; size -= std::min<std::size_t>(size, 40)) {
    replace(file, whole.substr(0, size));
    for (const auto& store : {open(), RocksdbEngineStore::open_read_only(directory(), {})}) {
      ASSERT_FALSE(store) << size << " of " << whole.size();
      EXPECT_EQ(store.error().code, ErrorCode::corrupt);
      EXPECT_THAT(store.error().message,
                  HasSubstr(file.string() + " ends at byte " + std::to_string(size)));
    }
  }
  replace(file, whole);
  EXPECT_TRUE(open());
}

// A loss of power can leave the size of a write to the manifest, and none or only some sectors of
// its bytes. RocksDB refused such a manifest although nothing acknowledged was missing.
TEST_F(RocksdbOnDisk, opens_with_an_unfinished_write_at_the_end_of_the_manifest) {
  commit_and_kill(10);
  const fs::path file = manifest();
  const std::string before = content(file);
  // A record that goes on in the next block, and one whose first sectors are there.
  const std::string part = record_of(Part::first, 32 * 1024 - before.size() - 7);
  const std::string begun = record_of(Part::whole, 2'000);
  const std::size_t border = 512 - before.size() % 512;
  const std::string zeros(600, '\0');
  for (const std::string& tail : {zeros, part + zeros, begun.substr(0, border) + zeros,
                                  begun.substr(0, 512 + border) + zeros}) {
    const fs::path copy = temporary_.path() / "copy";
    fs::copy(directory(), copy);
    replace(file, before + tail);
    {
      auto reading = RocksdbEngineStore::open_read_only(directory(), {});
      ASSERT_TRUE(reading) << reading.error().message;
      EXPECT_EQ((*reading)->mark().last_position, JournalPosition(10));
      EXPECT_EQ(content(file), before + tail) << "reading changes nothing";
    }
    {
      auto store = open();
      ASSERT_TRUE(store) << store.error().message;
      EXPECT_EQ((*store)->mark().last_position, JournalPosition(10));
      const auto repair = (*store)->repair();
      ASSERT_TRUE(repair);
      EXPECT_THAT(*repair,
                  HasSubstr("The last " + std::to_string(tail.size()) + " bytes of " +
                            file.string() + ", from byte " + std::to_string(before.size())));
      EXPECT_EQ(content(file.string() + ".whole"), before + tail);
      ASSERT_TRUE((*store)->commit(batch(11)));
    }
    auto again = open();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE((*again)->repair()) << "once is enough";
    EXPECT_EQ((*again)->mark().last_position, JournalPosition(11));
    again->reset();
    fs::remove_all(directory());
    fs::rename(copy, directory());
  }
}

// A sector of zeros over synced records of the manifest was passed over without a word, and the
// tables that they named were removed.
TEST_F(RocksdbOnDisk, refuses_a_manifest_with_zeros_over_what_was_synced) {
  commit_and_kill(10);
  open()->reset();  // Makes a table of the log, which the manifest's last records name.
  commit_and_kill(0);
  const fs::path file = manifest();
  const std::string whole = content(file);
  std::size_t from = 0;  // Of each record in turn.
  while (from < whole.size()) {
    for (const std::size_t behind : {0, 700}) {
      const std::string changed = whole.substr(0, from) + std::string(whole.size() - from, '\0') +
                                  std::string(behind, '\0');
      replace(file, changed);
      for (const auto& store : {open(), RocksdbEngineStore::open_read_only(directory(), {})}) {
        ASSERT_FALSE(store) << from << " of " << whole.size();
        EXPECT_EQ(store.error().code, ErrorCode::corrupt);
        EXPECT_EQ(store.error().message, "The store is damaged: " + file.string() +
                                             " is damaged at byte " + std::to_string(from) + ".");
      }
      EXPECT_EQ(content(file), changed) << "evidence was changed";
    }
    from += 7U + static_cast<unsigned char>(whole[from + 4]) +
            256U * static_cast<unsigned char>(whole[from + 5]);
  }
  replace(file, whole);
  EXPECT_TRUE(open());
}

TEST_F(RocksdbOnDisk, takes_other_damage_behind_the_manifest_for_no_unfinished_write) {
  commit_and_kill(10);
  const fs::path file = manifest();
  const std::string before = content(file);
  const std::string begun = record_of(Part::whole, 3'000);
  const std::string zeros(3'000, '\0');
  // Wrong bytes to the end; zeros amid it; a whole record behind zeros.
  std::string wrong = begun;
  wrong[100] ^= 1;
  for (const std::string& tail :
       {wrong, begun.substr(0, 600) + zeros.substr(0, 600) + begun.substr(1'200),
        begun.substr(0, 600) + zeros + begun + zeros}) {
    replace(file, before + tail);
    for (const auto& store : {open(), RocksdbEngineStore::open_read_only(directory(), {})}) {
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error().message, "The store is damaged: " + file.string() +
                                           " is damaged at byte " + std::to_string(before.size()) +
                                           ".");
    }
    EXPECT_EQ(content(file), before + tail) << "evidence was changed";
  }
}

TEST_F(RocksdbOnDisk, passes_over_no_end_of_the_manifest_when_something_acknowledged_is_missing) {
  commit_and_kill(10);
  const fs::path file = manifest();
  const std::string changed = content(file) + std::string(2'000, '\0');
  replace(file, changed);
  const std::string log = content(log_file());
  replace(log_file(), log.substr(0, log.size() - 100));
  const auto lost = open();
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message, HasSubstr("record 10 was acknowledged"));
  replace(log_file(), log);
  fs::remove(directory() / "ACKNOWLEDGED");
  const auto unknown = open();
  ASSERT_FALSE(unknown) << "nothing tells that nothing is missing";
  EXPECT_THAT(unknown.error().message, HasSubstr(file.string() + " is damaged at byte"));
  EXPECT_EQ(content(file), changed) << "evidence was changed";
}

TEST_F(RocksdbOnDisk, names_the_table_that_is_cut_and_finds_a_flipped_byte_in_one) {
  commit_and_kill(40);
  ASSERT_TRUE(open()) << "opening turns the log into tables";
  fs::path table;
  for (const auto& entry : fs::directory_iterator(directory())) {
    if (entry.path().extension() != ".sst") continue;
    if (table.empty() || entry.file_size() > fs::file_size(table)) table = entry.path();
  }
  ASSERT_FALSE(table.empty());
  const std::string sound = content(table);
  ASSERT_TRUE((*RocksdbEngineStore::open_read_only(directory(), {}))->verify());
  flip(table, 10);
  const auto opened = RocksdbEngineStore::open_read_only(directory(), {});
  ASSERT_TRUE(opened) << "its first block is not read to open it";
  EXPECT_EQ((*opened)->verify().error().message,
            "The store is damaged: " + table.string() + " is damaged at byte 0.");
  replace(table, sound.substr(0, sound.size() / 2));
  EXPECT_EQ(open().error().message, "The store is damaged: " + table.string() + " has " +
                                        std::to_string(sound.size() / 2) + " bytes instead of " +
                                        std::to_string(sound.size()) + ".");
}

TEST_F(RocksdbOnDisk, refuses_a_second_opening_and_names_the_process) {
  auto store = open();
  ASSERT_TRUE(store);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_running);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
}

// The other process used to be a fork, in which RocksDB found none of its threads.
TEST_F(RocksdbOnDisk, refuses_an_opening_by_another_process_and_names_the_holder) {
  const auto store = open();
  ASSERT_TRUE(store);
  const std::string answer = answer_to_another_process();
  EXPECT_THAT(answer, StartsWith("already-running: "));
  EXPECT_THAT(answer, HasSubstr("process " + std::to_string(::getpid())));
}

TEST_F(RocksdbOnDisk, refuses_a_directory_that_holds_something_else) {
  fs::create_directories(directory());
  replace(directory() / "notes.txt", "mine");
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::invalid_value);
  EXPECT_EQ(content(directory() / "notes.txt"), "mine");
}

TEST_F(RocksdbOnDisk, refuses_commits_before_the_disk_is_full_and_goes_on_reading) {
  {
    ASSERT_TRUE((*open())->commit(batch(1)));
  }
  auto store = open({.free_bytes_min = 1ULL << 62});
  ASSERT_TRUE(store);
  const auto committed = (*store)->commit(batch(2));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::storage_full);
  EXPECT_EQ((*store)->reopen().error().code, ErrorCode::storage_full);
  EXPECT_EQ(*(*store)->get({.key = "k1"}), "value");
  EXPECT_EQ((*store)->mark().last_position, JournalPosition(1));
}

TEST_F(RocksdbOnDisk, refuses_every_commit_after_a_failed_write_until_it_is_opened_again) {
  auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->commit(batch(1)));
  std::uint64_t position = 1;
  Result<void> committed;
  {
    const FileSizeLimit full(1 << 16);
    while (committed && position < 1000) committed = (*store)->commit(batch(++position));
  }

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::outcome_unknown);
  EXPECT_FALSE((*store)->commit(batch(position + 1)));
  EXPECT_EQ(*(*store)->get({.key = "k1"}), "value");
  ASSERT_TRUE((*store)->reopen()) << "the disk takes writes again";
  EXPECT_GE((*store)->mark().last_position, JournalPosition(position - 1));
  EXPECT_TRUE((*store)->commit(batch(position + 1)));
}

TEST_F(RocksdbOnDisk, goes_on_reading_while_it_cannot_be_opened_again) {
  auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->commit(batch(1)));
  {
    const FileSizeLimit full(0);
    EXPECT_FALSE((*store)->commit(batch(2)));
    for (int tries = 0; tries < 2; ++tries) {
      EXPECT_FALSE((*store)->reopen());
      const auto read = (*store)->get({.key = "k1"});
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(*read, "value");
      const auto written = (*store)->put_blob("name", "value");
      ASSERT_FALSE(written);
      EXPECT_EQ(written.error().code, ErrorCode::unavailable);
    }
  }
  ASSERT_TRUE((*store)->reopen()) << "the disk takes writes again";
  EXPECT_TRUE((*store)->commit(batch(3)));
  EXPECT_TRUE((*store)->put_blob("name", "value"));
}

TEST_F(RocksdbOnDisk, serves_nothing_of_what_a_reopen_finds_damaged) {
  auto store = open();
  ASSERT_TRUE(store);
  for (std::uint64_t i = 1; i <= 20; ++i) ASSERT_TRUE((*store)->commit(batch(i)));
  {
    const FileSizeLimit full(0);
    EXPECT_FALSE((*store)->commit(batch(21)));
  }
  fs::resize_file(log_file(), fs::file_size(log_file()) / 2);
  const auto reopened = (*store)->reopen();
  ASSERT_FALSE(reopened);
  EXPECT_EQ(reopened.error().code, ErrorCode::corrupt) << reopened.error().message;
  const auto read = (*store)->get({.key = "k1"});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
}

TEST_F(RocksdbOnDisk, makes_a_copy_that_opens_with_everything_committed_before) {
  auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->commit(batch(1)));
  const fs::path backup = temporary_.path() / "backup";
  ASSERT_TRUE((*store)->checkpoint(backup));
  ASSERT_TRUE((*store)->commit(batch(2)));
  EXPECT_EQ((*store)->checkpoint(backup).error().code, ErrorCode::invalid_value);

  auto copy = RocksdbEngineStore::open_read_only(backup, {});
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ((*copy)->mark().last_position, JournalPosition(1));
  EXPECT_EQ(*(*copy)->get({.key = "k1"}), "value");
  EXPECT_FALSE((*copy)->commit(batch(2)));
}

}  // namespace
}  // namespace carillon
