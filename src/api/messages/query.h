// Query: the query parameters of a request, read strictly. Value.
//
// An unknown name is a fault, because a typo must not become a silent default.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "api/http/request.h"
#include "base/error.h"
#include "runtime/gateway.h"

namespace carillon::api {

enum class Switch : std::uint8_t { off, on };

struct NumberRange {
  std::uint64_t fallback = 0;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

class Query {
 public:
  Query(const http::Request& request, std::initializer_list<std::string_view> known);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view text(std::string_view name) const {
    return find(name).value_or("");
  }

  // A whole number, coerced into the range; what is no number is a fault.
  [[nodiscard]] std::uint64_t number(std::string_view name, NumberRange range);

  // true or false; the bare name means true; anything else is a fault.
  [[nodiscard]] Switch flag(std::string_view name);

  void refuse(ErrorCode code, std::string message, std::string hint = {});
  void refuse(Error error) { faults_.push_back(std::move(error)); }

  [[nodiscard]] bool is_fine() const { return faults_.empty(); }
  // Requires  !is_fine()
  [[nodiscard]] Problem problem() const;

 private:
  std::vector<http::QueryItem> items_;
  std::vector<Error> faults_;
};

}  // namespace carillon::api
