#include "adapters/embedded/sqlite/view_database.h"

namespace carillon {
namespace {

// Lists are short and the writer needs a processor too.
constexpr int kReaders = 4;

}  // namespace

Result<ViewDatabase::Opened> ViewDatabase::open(std::string path) {
  Opened opened{.database = std::unique_ptr<ViewDatabase>(new ViewDatabase(std::move(path))),
                .found = ViewFileState::damaged};
  ViewDatabase& database = *opened.database;
  if (auto writer = SqliteConnection::open(database.path_, SqliteConnection::Access::write)) {
    database.writer_ = std::move(*writer);
    auto state = examine_view_file(database.writer_);
    if (!state) return std::unexpected(std::move(state.error()));
    opened.found = *state;
  } else if (writer.error().code != ErrorCode::corrupt) {
    return std::unexpected(std::move(writer.error()));
  }
  switch (opened.found) {
    case ViewFileState::kept:
      break;
    case ViewFileState::fresh:
      if (auto made = create_view_schema(database.writer_); !made) {
        return std::unexpected(std::move(made.error()));
      }
      break;
    case ViewFileState::damaged:
    case ViewFileState::other_version:
      database.damaged_ = opened.found == ViewFileState::damaged;
      if (auto made = database.replace(); !made) return std::unexpected(std::move(made.error()));
      return opened;
  }
  if (auto readers = database.connect_readers(); !readers) {
    return std::unexpected(std::move(readers.error()));
  }
  return opened;
}

Result<void> ViewDatabase::connect_new() {
  auto writer = SqliteConnection::open(path_, SqliteConnection::Access::write);
  if (!writer) return std::unexpected(std::move(writer.error()));
  writer_ = std::move(*writer);
  if (auto made = create_view_schema(writer_); !made) return made;
  return connect_readers();
}

Result<void> ViewDatabase::connect_readers() {
  std::vector<SqliteConnection> readers;
  for (int i = 0; i < kReaders; ++i) {
    auto reader = SqliteConnection::open(path_, SqliteConnection::Access::read);
    if (!reader) return std::unexpected(std::move(reader.error()));
    readers.push_back(std::move(*reader));
  }
  readers_ = std::move(readers);
  const std::scoped_lock lock(idle_mutex_);
  idle_.clear();
  for (const SqliteConnection& reader : readers_) idle_.push_back(&reader);
  return {};
}

ViewDatabase::Reader ViewDatabase::reader() const {
  std::shared_lock gate(gate_);
  std::unique_lock lock(idle_mutex_);
  idle_changed_.wait(lock, [this] { return !idle_.empty(); });
  const SqliteConnection* connection = idle_.back();
  idle_.pop_back();
  return Reader(std::move(gate), this, connection);
}

ViewDatabase::Reader::~Reader() {
  if (database_ == nullptr) return;
  {
    const std::scoped_lock lock(database_->idle_mutex_);
    database_->idle_.push_back(connection_);
  }
  database_->idle_changed_.notify_one();
}

Result<void> ViewDatabase::replace() {
  const std::unique_lock gate(gate_);
  // Connections without a database answer `unavailable`, should no new file be possible.
  writer_ = SqliteConnection();
  {
    const std::scoped_lock lock(idle_mutex_);
    idle_.clear();
    readers_.clear();
    readers_.resize(kReaders);
    for (const SqliteConnection& reader : readers_) idle_.push_back(&reader);
  }
  if (damaged_.exchange(false)) {
    move_database_aside(path_);
  } else {
    remove_database(path_);
  }
  return connect_new();
}

}  // namespace carillon
