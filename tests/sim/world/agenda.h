// What is planned for later in a simulated world. Things planned for the same moment happen in the
// order in which they were planned. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/instant.h"

namespace carillon {

class Agenda {
 public:
  using Deed = std::move_only_function<void()>;

  void plan(Duration at, Deed deed) { deeds_.emplace(at, std::move(deed)); }
  void forget_all() { deeds_.clear(); }

  [[nodiscard]] std::optional<Duration> next() const {
    return deeds_.empty() ? std::nullopt : std::optional(deeds_.begin()->first);
  }

  // Does the first thing that is due; false when there is none.
  bool do_one(Duration now) {
    if (deeds_.empty() || deeds_.begin()->first > now) return false;
    Deed deed = std::move(deeds_.begin()->second);
    deeds_.erase(deeds_.begin());
    deed();
    return true;
  }

 private:
  std::multimap<Duration, Deed> deeds_;
};

}  // namespace carillon
