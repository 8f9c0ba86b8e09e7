#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/utilities/checkpoint.h>

#include "adapters/embedded/rocksdb/durable_directory.h"
#include "adapters/embedded/rocksdb/rocksdb_engine_parts.h"
#include "adapters/embedded/rocksdb/rocksdb_keys.h"
#include "adapters/embedded/rocksdb/store_damage.h"
#include "domain/words.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;
namespace keys = rocksdb_keys;

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "carillon engine store 2";
// Had a key for each record and each fact, which is read as it stands.
constexpr std::string_view kFormatBefore = "carillon engine store 1";
constexpr std::string_view kFormatFamily = "carillon engine store ";
constexpr std::string_view kEpochKey = "epoch";

}  // namespace

Result<void> RocksdbEngineStore::Parts::open_database() {
  acknowledged_before = AcknowledgedMark::peek(directory / "ACKNOWLEDGED");
  auto examined = examine_manifest(directory, directory / "ACKNOWLEDGED");
  if (!examined) return fail(std::move(examined.error()));
  manifest_cut = *std::move(examined);
  log_before = newest_log(directory);
  if (auto opened = open_directory(); !opened) return opened;
  if (auto checked = check_format(); !checked) return checked;
  if (auto read_back = read_mark(); !read_back) return read_back;
  if (purpose == OpenFor::reading) return {};
  if (auto checked = check_acknowledged(); !checked) return checked;
  if (!acknowledged) return begin_acknowledging();
  open->manifest->begin(*acknowledged, *open->db);
  return {};
}

// Opening writes, which a full disk refuses; reads go on all the same. What they see may hold the
// batch whose commit has failed, as the store will once it is open again.
void RocksdbEngineStore::Parts::open_to_look() {
  is_open_to_look = look({.manifest = manifest_cut}).has_value();
  if (!is_open_to_look) open.reset();
}

// Opens for reading, and holds what it finds against what was acknowledged.
Result<void> RocksdbEngineStore::Parts::look(const StoreEnds& ends) {
  auto looked = open_rocksdb_directory(directory, options, OpenFor::reading, ends);
  if (!looked) return fail(std::move(looked.error()));
  open = std::move(*looked);
  auto checked = read_mark();
  return checked ? check_acknowledged() : checked;
}

// From here on the file has at least what the store holds now, whatever happens to it later: that
// is how an unfinished write is told from damage to an old record.
Result<void> RocksdbEngineStore::Parts::begin_acknowledging() {
  auto mapped = AcknowledgedMark::open(directory / "ACKNOWLEDGED");
  if (!mapped) return fail(std::move(mapped.error()));
  acknowledged.emplace(std::move(*mapped));
  acknowledged->write(mark.last_position);
  open->manifest->begin(*acknowledged, *open->db);
  if (auto synced = acknowledged->sync(); !synced) return synced;
  return sync_path(directory);
}

Result<void> RocksdbEngineStore::Parts::open_directory() {
  StoreEnds ends{.manifest = manifest_cut};
  const bool looks_first = manifest_cut && !holds_nothing(directory);
  auto opened = looks_first ? look_and_open_with(ends) : open_with(ends);
  if (opened || opened.error().code != ErrorCode::corrupt || !is_unfinished_write(directory)) {
    return opened;
  }
  ends.log = LogEnd::unfinished;
  if (look_and_open_with(ends)) return {};
  return opened;
}

Result<void> RocksdbEngineStore::Parts::open_with(const StoreEnds& ends) {
  auto opened = open_rocksdb_directory(directory, options, purpose, ends);
  if (!opened) return fail(std::move(opened.error()));
  open = std::move(*opened);
  return {};
}

// Reads first what the store would then end with: if an acknowledged record is missing, the damage
// is no unfinished write, and nothing may be changed.
Result<void> RocksdbEngineStore::Parts::look_and_open_with(const StoreEnds& ends) {
  Result<void> checked = look(ends);
  if (checked && !acknowledged_before && mark.last_position != JournalPosition{}) {
    // Nothing tells an unfinished write from damage here.
    checked = ends.manifest ? fail(damage_of(*ends.manifest))
                            : fail(ErrorCode::corrupt, "The log is damaged.");
  }
  if (checked && purpose == OpenFor::reading) return {};
  open.reset();
  return checked ? open_with(ends) : checked;
}

Result<void> RocksdbEngineStore::Parts::check_format() {
  auto format = meta(kFormatKey);
  if (!format) return fail(std::move(format.error()));
  if (*format == kFormat) return {};
  if (*format == kFormatBefore) return purpose == OpenFor::reading ? Result<void>{} : put_format();
  if (*format && (*format)->starts_with(kFormatFamily)) {
    return fail(ErrorCode::newer_version,
                fmt::format("{} was written by a newer carillon.", directory.string()),
                "Start the newer carillon again, or put a backup in its place.");
  }
  if (*format || open->db->GetLatestSequenceNumber() != 0 || purpose == OpenFor::reading) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} has no readable format mark.", directory.string()),
                "Only a backup has it whole.");
  }
  return put_format();
}

// Before the first batch of this format, so that a carillon that cannot read it refuses to.
Result<void> RocksdbEngineStore::Parts::put_format() {
  const auto status = open->db->Put(synced(), open->family(Family::meta), kFormatKey, kFormat);
  if (!status.ok()) return fail(error_of(status, "writing the format mark"));
  return {};
}

Result<void> RocksdbEngineStore::Parts::read_mark() {
  auto bytes = meta(kMarkKey);
  if (!bytes) return fail(std::move(bytes.error()));
  auto stored = from_wire<StoredMark>(bytes->value_or(Bytes()));
  if (!stored) return fail(std::move(stored.error()));
  const auto kept_from = meta_number(kKeptFromKey);
  if (!kept_from) return fail(kept_from.error());
  const auto epoch = meta_number(kEpochKey);
  if (!epoch) return fail(epoch.error());
  const std::lock_guard lock(mark_mutex);
  mark = {.last_position = stored->last_position,
          .last_stamp = stored->last_stamp,
          .epoch = BootEpoch(*epoch),
          .journal_from = JournalPosition(std::max<std::uint64_t>(*kept_from, 1)),
          .carried = std::move(stored->carried),
          .clock_step = std::move(stored->clock_step)};
  return {};
}

Result<void> RocksdbEngineStore::Parts::check_acknowledged() const {
  const auto known = acknowledged_before;
  if (!known || *known <= mark.last_position) return {};
  return fail(ErrorCode::corrupt,
              fmt::format("{} ends with record {}, but record {} was acknowledged: the end of the "
                          "log is missing or damaged.",
                          log_before, mark.last_position.value(), known->value()),
              fmt::format("To go on without the lost records, remove {}.",
                          (directory / "ACKNOWLEDGED").string()));
}

Result<void> RocksdbEngineStore::Parts::take_epoch() {
  const std::uint64_t epoch = mark.epoch.value() + 1;
  keys::position_key(value, JournalPosition(epoch));
  const auto status = open->db->Put(synced(), open->family(Family::meta), kEpochKey, value);
  if (!status.ok()) return fail(error_of(status, "writing the boot epoch"));
  mark.epoch = BootEpoch(epoch);
  return {};
}

Result<std::optional<Bytes>> RocksdbEngineStore::Parts::meta(std::string_view name) const {
  return read(Family::meta, name);
}

Result<std::uint64_t> RocksdbEngineStore::Parts::meta_number(std::string_view name) const {
  const auto bytes = meta(name);
  if (!bytes) return fail(bytes.error());
  if (!*bytes) return 0;
  const auto number = keys::read_position_key(**bytes);
  if (!number) {
    return fail(ErrorCode::corrupt, fmt::format("The store's {} is damaged.", name),
                "Only a backup has it whole.");
  }
  return number->value();
}

RocksdbEngineStore::RocksdbEngineStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RocksdbEngineStore::~RocksdbEngineStore() = default;

Result<std::unique_ptr<RocksdbEngineStore>> RocksdbEngineStore::open(const fs::path& directory,
                                                                     RocksdbOptions options) {
  auto parts = std::make_unique<Parts>(directory, options, OpenFor::writing);
  auto opened = parts->open_database();
  if (opened) opened = parts->take_epoch();
  if (!opened) return fail(std::move(opened.error()));
  return std::unique_ptr<RocksdbEngineStore>(new RocksdbEngineStore(std::move(parts)));
}

Result<std::unique_ptr<RocksdbEngineStore>> RocksdbEngineStore::open_read_only(
    const fs::path& directory, RocksdbOptions options) {
  auto parts = std::make_unique<Parts>(directory, options, OpenFor::reading);
  if (auto opened = parts->open_database(); !opened) return fail(std::move(opened.error()));
  parts->failed = Error{.code = ErrorCode::io_failed,
                        .message = "The store was opened for reading only.",
                        .hint = {},
                        .column = std::nullopt,
                        .pointer = {}};
  return std::unique_ptr<RocksdbEngineStore>(new RocksdbEngineStore(std::move(parts)));
}

Result<void> RocksdbEngineStore::reopen() {
  if (parts_->purpose == OpenFor::reading) return fail(*parts_->failed);
  if (auto room = parts_->space.check_now(); !room) return room;
  const std::unique_lock lock(parts_->gate);
  if (parts_->takes_writes() && !parts_->written_since_open_failed) {
    // The guard refused before anything was written: the database itself is sound.
    parts_->failed.reset();
    return {};
  }
  parts_->open.reset();
  parts_->is_open_to_look = false;
  if (auto opened = parts_->open_database(); !opened) {
    parts_->open.reset();
    // What is damaged is reported and not served.
    if (opened.error().code != ErrorCode::corrupt) parts_->open_to_look();
    return opened;
  }
  parts_->failed.reset();
  parts_->written_since_open_failed = false;
  return {};
}

Result<void> RocksdbEngineStore::verify() const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  if (auto checked = parts_->check_acknowledged(); !checked) return checked;
  const auto status = parts_->open->db->VerifyChecksum();
  if (!status.ok()) return fail(open_error(status, parts_->directory));
  return {};
}

std::optional<std::string> RocksdbEngineStore::repair() const {
  const auto& cut = parts_->manifest_cut;
  if (!cut) return std::nullopt;
  if (parts_->purpose == OpenFor::reading) return sentence_about(*cut);
  return fmt::format("{} A copy of the file is {}.", sentence_about(*cut), copy_of(*cut).string());
}

Result<void> RocksdbEngineStore::checkpoint(const fs::path& directory) {
  if (fs::exists(directory)) {
    return fail(ErrorCode::invalid_value, fmt::format("{} exists already.", directory.string()),
                "Name a directory that does not exist.");
  }
  const std::shared_lock lock(parts_->gate);
  if (!parts_->takes_writes()) return store_is_closed();
  rocksdb::Checkpoint* raw = nullptr;
  auto status = rocksdb::Checkpoint::Create(parts_->open->db.get(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> maker(raw);
  if (status.ok()) status = maker->CreateCheckpoint(directory.string());
  if (!status.ok()) return fail(error_of(status, "making a checkpoint"));
  return {};
}

}  // namespace carillon
