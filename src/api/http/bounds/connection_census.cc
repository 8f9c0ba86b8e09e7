#include "api/http/bounds/connection_census.h"

#include "base/check.h"

namespace carillon::http {

Admission ConnectionCensus::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (open_ >= total_max_) {
    ++refused_total_;
    return Admission::full;
  }
  std::size_t& of_address = by_address_[address];
  if (of_address >= per_address_max_) {
    ++refused_total_;
    return Admission::address_full;
  }
  ++of_address;
  ++open_;
  return Admission::admitted;
}

void ConnectionCensus::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  CARILLON_CHECK(found != by_address_.end() && found->second > 0, "nobody of that address is here");
  if (--found->second == 0) by_address_.erase(found);
  --open_;
}

}  // namespace carillon::http
