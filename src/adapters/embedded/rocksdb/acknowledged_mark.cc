#include "adapters/embedded/rocksdb/acknowledged_mark.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"

namespace carillon {

namespace {

// One word, so that a crash never leaves half of it: 48 bits of position, 16 bits of its hash.
constexpr int kPositionBits = 48;
constexpr std::uint64_t kPositionMask = (1ULL << kPositionBits) - 1;

std::uint64_t sealed(std::uint64_t position) {
  const std::uint64_t low = position & kPositionMask;
  const std::string_view bytes(reinterpret_cast<const char*>(&low), sizeof(low));
  return low | (siphash_2_4(bytes) << kPositionBits);
}

std::optional<JournalPosition> position_of(std::uint64_t word) {
  const std::uint64_t position = word & kPositionMask;
  if (word == 0 || word != sealed(position)) return std::nullopt;
  return JournalPosition(position);
}

}  // namespace

std::optional<JournalPosition> AcknowledgedMark::peek(const std::filesystem::path& file) {
  std::uint64_t word = 0;
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(&word), sizeof(word));
  return in ? position_of(word) : std::nullopt;
}

Result<AcknowledgedMark> AcknowledgedMark::open(const std::filesystem::path& file) {
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::io_failed,
                fmt::format("Cannot {} {}: {}.", what, file.string(), std::strerror(errno)),
                "Check the permissions of the data directory.");
  };
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return failed("open");
  if (::ftruncate(descriptor, sizeof(std::uint64_t)) != 0) {
    ::close(descriptor);
    return failed("size");
  }
  void* const mapped =
      ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (mapped == MAP_FAILED) return failed("map");
  return AcknowledgedMark(static_cast<std::uint64_t*>(mapped));
}

AcknowledgedMark::AcknowledgedMark(AcknowledgedMark&& other) noexcept
    : word_(std::exchange(other.word_, nullptr)) {}

AcknowledgedMark::~AcknowledgedMark() {
  if (word_ != nullptr) ::munmap(word_, sizeof(std::uint64_t));
}

std::optional<JournalPosition> AcknowledgedMark::read() const {
  return position_of(std::atomic_ref(*word_).load(std::memory_order_relaxed));
}

void AcknowledgedMark::write(JournalPosition position) {
  std::atomic_ref(*word_).store(sealed(position.value()), std::memory_order_relaxed);
}

Result<void> AcknowledgedMark::sync() {
  if (::msync(word_, sizeof(std::uint64_t), MS_SYNC) == 0) return {};
  return fail(
      ErrorCode::io_failed,
      fmt::format("Cannot sync the mark of what was acknowledged: {}.", std::strerror(errno)),
      "Look into the system's log for errors of the disk.");
}

}  // namespace carillon
