#include "real_calls.h"

#include <cstdlib>

#include <dlfcn.h>

namespace crash_shim {
namespace {

template <class Function>
void find(Function*& function, const char* name) {
  function = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
  if (function == nullptr) ::abort();
}

RealCalls find_all() {
  RealCalls calls{};
  find(calls.open, "open");
  find(calls.openat, "openat");
  find(calls.write, "write");
  find(calls.pwrite, "pwrite");
  find(calls.writev, "writev");
  find(calls.pwritev, "pwritev");
  find(calls.fsync, "fsync");
  find(calls.fdatasync, "fdatasync");
  find(calls.sync_file_range, "sync_file_range");
  find(calls.msync, "msync");
  find(calls.ftruncate, "ftruncate");
  find(calls.fallocate, "fallocate");
  find(calls.posix_fallocate, "posix_fallocate");
  find(calls.rename, "rename");
  find(calls.renameat, "renameat");
  find(calls.renameat2, "renameat2");
  find(calls.unlink, "unlink");
  find(calls.unlinkat, "unlinkat");
  find(calls.link, "link");
  find(calls.mkdir, "mkdir");
  find(calls.mmap, "mmap");
  find(calls.munmap, "munmap");
  find(calls.syscall, "syscall");
  return calls;
}

}  // namespace

const RealCalls& real() {
  static const RealCalls kCalls = find_all();
  return kCalls;
}

}  // namespace crash_shim
