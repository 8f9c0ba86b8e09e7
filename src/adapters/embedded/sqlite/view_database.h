// The file behind the views: one writing connection, a few reading ones, and its replacement when
// it is of another version or damaged. Adapter internals.
//
// Any thread. A view is never a reason to refuse to start: what cannot be read is set aside.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "adapters/embedded/sqlite/view_schema.h"
#include "base/result.h"

namespace carillon {

class ViewDatabase {
 public:
  struct Opened {
    std::unique_ptr<ViewDatabase> database;
    ViewFileState found = ViewFileState::fresh;
  };

  // Opens the file, or makes a new one in place of one that cannot be used.
  //
  // Errors  storage_full, io_failed  not even a new file can be made
  static Result<Opened> open(std::string path);

  // A reading connection on loan; others wait for it to come back.
  class Reader {
   public:
    Reader(Reader&& other) noexcept
        : gate_(std::move(other.gate_)),
          database_(std::exchange(other.database_, nullptr)),
          connection_(other.connection_) {}
    Reader& operator=(Reader&&) = delete;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();
    const SqliteConnection* operator->() const { return connection_; }
    const SqliteConnection& operator*() const { return *connection_; }

   private:
    friend class ViewDatabase;
    Reader(std::shared_lock<std::shared_mutex> gate, const ViewDatabase* database,
           const SqliteConnection* connection)
        : gate_(std::move(gate)), database_(database), connection_(connection) {}
    std::shared_lock<std::shared_mutex> gate_;
    const ViewDatabase* database_;
    const SqliteConnection* connection_;
  };
  [[nodiscard]] Reader reader() const;

  // Requires  one thread at a time, and none during replace; no reader is held by the caller
  SqliteConnection& writer() { return writer_; }

  // Drops everything and starts with empty tables. A file in which damage was seen is moved aside.
  // Waits for readers. Statements of the old writer must be gone.
  //
  // Errors  storage_full, io_failed  the views answer with errors until a later call succeeds
  Result<void> replace();

  // Remembers damage, so that replace keeps the evidence. Passes the result on.
  template <class Value>
  Result<Value> noted(Result<Value> result) const {
    if (!result && result.error().code == ErrorCode::corrupt) damaged_ = true;
    return result;
  }

 private:
  explicit ViewDatabase(std::string path) : path_(std::move(path)) {}
  Result<void> connect_new();
  Result<void> connect_readers();

  std::string path_;
  SqliteConnection writer_;
  mutable std::shared_mutex gate_;  // Shared while reading, alone while the file is replaced.
  mutable std::atomic<bool> damaged_ = false;
  std::vector<SqliteConnection> readers_;

  mutable std::mutex idle_mutex_;
  mutable std::condition_variable idle_changed_;
  mutable std::vector<const SqliteConnection*> idle_;
};

}  // namespace carillon
