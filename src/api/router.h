// Router: finds the row of the route table for a method and a path. Immutable; any thread.
//
// `/api/…` is a permanent alias of `/api/v1/…`. One slash at the end is forgiven.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.h"

namespace carillon::api {

struct RouteMatch {
  const Route* route = nullptr;  // None: the address exists for other methods, or not at all.
  std::string parameter;         // What stands for the `{…}`, decoded.
  std::string allow;             // The methods of the address; empty when there is no such address.
};

class Router {
 public:
  // Requires  the table outlives the router; no two rows have the same method and pattern.
  explicit Router(std::span<const Route> table);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  ~Router();

  // HEAD finds the row of GET.
  //
  // Cost  one comparison per segment and literal at its place; allocates only for the parameter.
  [[nodiscard]] RouteMatch match(http::Method method, std::string_view path) const;

  // The pattern of an address that was probably meant; empty when none is near.
  [[nodiscard]] std::string_view nearest_pattern(std::string_view path) const;

 private:
  struct Node;

  void insert(const Route& route);

  std::span<const Route> table_;
  std::unique_ptr<Node> root_;
};

}  // namespace carillon::api
