// Another process that opens a store: says how that went, as a code and a message.
#include <cstdio>
#include <string>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "base/error.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto store = carillon::RocksdbEngineStore::open(arguments[1], {.free_bytes_min = 0});
  if (store) {
    std::puts("opened");
    return 0;
  }
  const carillon::Error& error = store.error();
  std::printf("%s: %s\n", std::string(carillon::error_info(error.code).word).c_str(),
              error.message.c_str());
  return 0;
}
