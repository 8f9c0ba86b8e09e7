// A backup: a folder with a copy of the store, the keys, and a list of both that is written last.
// What a process leaves that was killed while it made or restored one is recognised and refused.
// Bytes: docs/formats/backup.md.
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"
#include "server/data_directory.h"

namespace carillon::server {

// Copies the store into a folder that does not exist yet.
using CopyStore = std::function<Result<void>(const std::filesystem::path&)>;

// Makes a backup in a folder that does not exist yet.
//
// Guarantees  after success all of it survives a loss of power; a folder that was begun and not
//             completed is refused by restore_backup
// Errors      invalid_value  the folder exists
//             io_failed, storage_full
Result<void> make_backup(const DataDirectory& directory, const std::filesystem::path& target,
                         const CopyStore& copy_store);

// Puts a backup into a data directory that holds no store.
//
// Guarantees  the store is there whole or not at all, whenever the process or the power ends; until
//             it is there, refuse_unfinished_restore tells, and a repeat begins anew
// Errors      invalid_value  the folder is no backup, or an unfinished one, or some of it is
//                            missing; the directory holds data; nothing was written
//             io_failed
Result<void> restore_backup(const std::filesystem::path& from, const std::filesystem::path& root);

// Errors  invalid_value  a restore into the directory has begun and has not ended
Result<void> refuse_unfinished_restore(const DataDirectory& directory);

}  // namespace carillon::server
