// Allocations, of which the n-th may fail: malloc and its kin, and operator new.
#include <cerrno>
#include <cstdlib>
#include <new>

#include <dlfcn.h>

#include "shim.h"

namespace {

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Function, class... Arguments>
void* allocate(Function* real, Arguments... arguments) {
  if (!crash_shim::allocation_fails()) return real(arguments...);
  errno = ENOMEM;
  return nullptr;
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) {
  static auto* const kReal = next<void*(std::size_t)>("malloc");
  return allocate(kReal, bytes);
}

void* calloc(std::size_t count, std::size_t bytes) {
  static auto* const kReal = next<void*(std::size_t, std::size_t)>("calloc");
  return allocate(kReal, count, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
  static auto* const kReal = next<void*(void*, std::size_t)>("realloc");
  return allocate(kReal, memory, bytes);
}

}  // extern "C"

void* operator new(std::size_t bytes) {
  static auto* const kReal = next<void*(std::size_t)>("_Znwm");
  if (crash_shim::allocation_fails()) throw std::bad_alloc();
  return kReal(bytes);
}

void* operator new[](std::size_t bytes) { return operator new(bytes); }

void operator delete(void* memory) noexcept {
  static auto* const kReal = next<void(void*)>("_ZdlPv");
  kReal(memory);
}

void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
