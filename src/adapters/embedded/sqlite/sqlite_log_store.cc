#include "adapters/embedded/sqlite/sqlite_log_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "ports/thread_name.h"

namespace carillon {
namespace {

// Text that may wait in memory. At 100 MB/s of output that is a disk that stalls for 160 ms.
constexpr std::size_t kQueueBytes = std::size_t{16} << 20;

constexpr std::chrono::milliseconds kPatience{500};

// How long to leave a disk alone that has refused.
constexpr std::chrono::milliseconds kAfterFailure{200};

}  // namespace

Result<SqliteLogStore::Opened> SqliteLogStore::open(const std::string& path) {
  auto database = LogDatabase::open(path);
  if (!database) return std::unexpected(std::move(database.error()));
  Opened opened;
  if (database->set_aside()) {
    opened.warning =
        "The captured output of earlier runs could not be read; the old file is kept beside the "
        "new one.";
  }
  opened.store.reset(new SqliteLogStore(path, std::move(*database)));
  return opened;
}

SqliteLogStore::SqliteLogStore(std::string path, LogDatabase database)
    : path_(std::move(path)), queue_(kQueueBytes), database_(std::move(database)), writer_([this] {
        name_this_thread("logs");
        write_until_closed();
      }) {}

SqliteLogStore::~SqliteLogStore() {
  queue_.close();
  writer_.join();
}

void SqliteLogStore::append(const AttemptId& attempt, Instant at, LogStream stream,
                            std::string text) {
  queue_.append(attempt, at, stream, std::move(text));
}

void SqliteLogStore::write_until_closed() {
  while (true) {
    const bool is_last = queue_.closed();
    const bool has_lines = queue_.wait(kPatience);
    const bool failed = has_lines && !write_waiting();
    if (is_last) return;  // What could not be written by now is lost, as in a crash.
    if (failed) queue_.wait_for_close(kAfterFailure);
  }
}

Result<void> SqliteLogStore::write_waiting() {
  const std::scoped_lock lock(disk_mutex_);
  std::vector<LogBatch> batches = queue_.take();
  auto marks = database_.write(batches);
  if (!marks) {
    queue_.put_back(std::move(batches));
    if (marks.error().code == ErrorCode::corrupt) begin_anew();
    return std::unexpected(std::move(marks.error()));
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    queue_.note_stored(batches[i].attempt, (*marks)[i].bytes);
  }
  return {};
}

// A file that turns out damaged while it is used is set aside like one found damaged at start.
void SqliteLogStore::begin_anew() {
  database_ = LogDatabase();
  move_database_aside(path_);
  if (auto opened = LogDatabase::open(path_)) database_ = std::move(*opened);
}

Result<std::vector<LogLine>> SqliteLogStore::read(const AttemptId& attempt, std::uint64_t sequence,
                                                  std::size_t limit) const {
  const std::scoped_lock lock(disk_mutex_);
  auto lines = database_.read(attempt, sequence, limit);
  if (!lines) return lines;
  LogBatch waiting = queue_.waiting(attempt);
  if (waiting.lines.empty() || lines->size() >= limit) return lines;
  const auto mark = database_.mark(attempt);
  if (!mark) return std::unexpected(mark.error());
  std::uint64_t next = mark->last_sequence;
  for (LogLine& line : waiting.lines) {
    line.sequence = ++next;
    if (line.sequence <= sequence || lines->size() >= limit) continue;
    lines->push_back(std::move(line));
  }
  return lines;
}

Result<std::uint64_t> SqliteLogStore::dropped(const AttemptId& attempt) const {
  const std::scoped_lock lock(disk_mutex_);
  const auto mark = database_.mark(attempt);
  if (!mark) return std::unexpected(mark.error());
  return mark->dropped + queue_.waiting(attempt).dropped;
}

std::shared_ptr<void> SqliteLogStore::follow(const AttemptId& attempt,
                                             std::function<void()> on_more) {
  return queue_.follow(attempt, std::move(on_more));
}

Result<std::uint64_t> SqliteLogStore::forget_before(Instant before) {
  const std::scoped_lock lock(disk_mutex_);
  return database_.forget_before(before);
}

}  // namespace carillon
