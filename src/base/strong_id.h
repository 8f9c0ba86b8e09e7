// StrongId: a number, text or blob that names one kind of thing and converts to nothing by itself.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace carillon {

template <class Raw, class Tag>
class StrongId {
 public:
  using raw_type = Raw;

  StrongId() = default;
  explicit constexpr StrongId(Raw raw) : raw_(std::move(raw)) {}

  [[nodiscard]] constexpr const Raw& value() const { return raw_; }

  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  Raw raw_{};
};

}  // namespace carillon

template <class Raw, class Tag>
struct std::hash<carillon::StrongId<Raw, Tag>> {
  std::size_t operator()(const carillon::StrongId<Raw, Tag>& id) const {
    return std::hash<Raw>{}(id.value());
  }
};
