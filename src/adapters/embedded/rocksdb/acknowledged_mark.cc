#include "adapters/embedded/rocksdb/acknowledged_mark.h"

#include <algorithm>
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
constexpr std::size_t kBytes = 2 * sizeof(std::uint64_t);

// A manifest's 48 bits are 20 of its number and 28 of its length.
constexpr int kLengthBits = 28;
constexpr std::uint64_t kLengthMask = (1ULL << kLengthBits) - 1;
constexpr std::uint64_t kNumberMask = kPositionMask >> kLengthBits;

std::uint64_t sealed(std::uint64_t position) {
  const std::uint64_t low = position & kPositionMask;
  const std::string_view bytes(reinterpret_cast<const char*>(&low), sizeof(low));
  return low | (siphash_2_4(bytes) << kPositionBits);
}

// The 48 bits of a word that is sound.
std::optional<std::uint64_t> content_of(std::uint64_t word) {
  const std::uint64_t content = word & kPositionMask;
  if (word == 0 || word != sealed(content)) return std::nullopt;
  return content;
}

std::optional<std::uint64_t> peek_word(const std::filesystem::path& file, std::size_t index) {
  std::uint64_t word = 0;
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(index * sizeof(word)));
  in.read(reinterpret_cast<char*>(&word), sizeof(word));
  return in ? content_of(word) : std::nullopt;
}

}  // namespace

std::optional<JournalPosition> AcknowledgedMark::peek(const std::filesystem::path& file) {
  const auto content = peek_word(file, 0);
  return content ? std::optional(JournalPosition(*content)) : std::nullopt;
}

std::optional<ManifestExtent> AcknowledgedMark::peek_manifest(const std::filesystem::path& file) {
  const auto content = peek_word(file, 1);
  if (!content) return std::nullopt;
  return ManifestExtent{.number = *content >> kLengthBits, .bytes = *content & kLengthMask};
}

bool AcknowledgedMark::is_of(const ManifestExtent& extent, std::uint64_t number) {
  return (extent.number & kNumberMask) == (number & kNumberMask);
}

Result<AcknowledgedMark> AcknowledgedMark::open(const std::filesystem::path& file) {
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::io_failed,
                fmt::format("Cannot {} {}: {}.", what, file.string(), std::strerror(errno)),
                "Check the permissions of the data directory.");
  };
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return failed("open");
  if (::ftruncate(descriptor, kBytes) != 0) {
    ::close(descriptor);
    return failed("size");
  }
  void* const mapped = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (mapped == MAP_FAILED) return failed("map");
  return AcknowledgedMark(static_cast<std::uint64_t*>(mapped));
}

AcknowledgedMark::AcknowledgedMark(AcknowledgedMark&& other) noexcept
    : words_(std::exchange(other.words_, nullptr)) {}

AcknowledgedMark::~AcknowledgedMark() {
  if (words_ != nullptr) ::munmap(words_, kBytes);
}

std::optional<JournalPosition> AcknowledgedMark::read() const {
  const auto content = content_of(std::atomic_ref(words_[0]).load(std::memory_order_relaxed));
  return content ? std::optional(JournalPosition(*content)) : std::nullopt;
}

void AcknowledgedMark::write(JournalPosition position) {
  std::atomic_ref(words_[0]).store(sealed(position.value()), std::memory_order_relaxed);
}

void AcknowledgedMark::write(const ManifestExtent& manifest) {
  const std::uint64_t number = (manifest.number & kNumberMask) << kLengthBits;
  std::atomic_ref(words_[1]).store(sealed(number | std::min(manifest.bytes, kLengthMask)),
                                   std::memory_order_relaxed);
}

Result<void> AcknowledgedMark::sync() {
  if (::msync(words_, kBytes, MS_SYNC) == 0) return {};
  return fail(
      ErrorCode::io_failed,
      fmt::format("Cannot sync the mark of what was acknowledged: {}.", std::strerror(errno)),
      "Look into the system's log for errors of the disk.");
}

}  // namespace carillon
