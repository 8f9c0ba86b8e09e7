#include "adapters/embedded/rocksdb/shortened_manifest.h"

#include <algorithm>
#include <string>
#include <utility>

#include <rocksdb/file_system.h>

namespace carillon {

namespace {

// Read from its beginning to its end, by one thread, with no other call than Read: as logs are.
class ShortenedFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  ShortenedFile(std::unique_ptr<rocksdb::FSSequentialFile> whole, std::uint64_t bytes)
      : FSSequentialFileOwnerWrapper(std::move(whole)), bytes_(bytes) {}

  rocksdb::IOStatus Read(std::size_t wanted, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* context) override {
    const std::uint64_t left = bytes_ - std::min(at_, bytes_);
    const auto status = FSSequentialFileOwnerWrapper::Read(std::min<std::uint64_t>(wanted, left),
                                                           options, result, scratch, context);
    if (status.ok()) at_ += result->size();
    return status;
  }

 private:
  const std::uint64_t bytes_;
  std::uint64_t at_ = 0;
};

class ShortenedManifest final : public rocksdb::FileSystemWrapper {
 public:
  explicit ShortenedManifest(ManifestCut cut)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), cut_(std::move(cut)) {}

  [[nodiscard]] const char* Name() const override { return "ShortenedManifest"; }

  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                      rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::NewSequentialFile(name, options, result, context);
    const std::filesystem::path file(name);
    if (status.ok() && file.filename() == cut_.file.filename()) {
      *result = std::make_unique<ShortenedFile>(std::move(*result), cut_.whole_bytes);
    }
    return status;
  }

 private:
  const ManifestCut cut_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> environment_with(const ManifestCut& cut) {
  return rocksdb::NewCompositeEnv(std::make_shared<ShortenedManifest>(cut));
}

}  // namespace carillon
