#include "tests/conformance/engine_store_conformance.h"

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "base/check.h"
#include "tests/conformance/temporary_directory.h"
#include "tests/sim/sim_engine_store.h"

namespace carillon {
namespace {

class SimWorld final : public EngineStoreWorld {
 public:
  EngineStore& store() override { return *store_; }
  void restart() override { store_ = std::make_unique<SimEngineStore>(disk_); }

 private:
  SimDisk disk_;
  std::unique_ptr<SimEngineStore> store_ = std::make_unique<SimEngineStore>(disk_);
};

class RocksdbWorld final : public EngineStoreWorld {
 public:
  RocksdbWorld() { open(); }
  EngineStore& store() override { return *store_; }
  void restart() override {
    store_.reset();
    open();
  }

 private:
  void open() {
    auto opened = RocksdbEngineStore::open(directory_.path() / "engine", {.free_bytes_min = 0});
    CARILLON_CHECK(opened.has_value(), opened ? "" : opened.error().message);
    store_ = std::move(*opened);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<RocksdbEngineStore> store_;
};

template <class World>
std::unique_ptr<EngineStoreWorld> make() {
  return std::make_unique<World>();
}

INSTANTIATE_TEST_SUITE_P(sim, EngineStoreConformance, testing::Values(&make<SimWorld>));
INSTANTIATE_TEST_SUITE_P(rocksdb, EngineStoreConformance, testing::Values(&make<RocksdbWorld>));

}  // namespace
}  // namespace carillon
