#include "api/router.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace carillon::api {
namespace {

using http::Method;

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethodNames{
    {{Method::get, "GET"},
     {Method::head, "HEAD"},
     {Method::post, "POST"},
     {Method::put, "PUT"},
     {Method::patch, "PATCH"},
     {Method::delete_, "DELETE"},
     {Method::options, "OPTIONS"}}};

// Longer paths than any that could be a slip; bounds the cost of looking for what was meant.
constexpr std::size_t kNearPathBytes = 200;

// Walks over the segments of a path without copying them.
class Segments {
 public:
  explicit Segments(std::string_view path) : rest_(path) {
    if (rest_.starts_with('/')) rest_.remove_prefix(1);
    if (rest_.ends_with('/')) rest_.remove_suffix(1);
    done_ = rest_.empty();
  }

  // Requires  !done()
  std::string_view take() {
    const std::size_t slash = rest_.find('/');
    const std::string_view segment = rest_.substr(0, slash);
    done_ = slash == std::string_view::npos;
    if (!done_) rest_.remove_prefix(slash + 1);
    return segment;
  }

  [[nodiscard]] bool done() const { return done_; }

 private:
  std::string_view rest_;
  bool done_ = false;
};

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool is_version(std::string_view segment) {
  return segment.size() > 1 && segment.front() == 'v' &&
         std::ranges::all_of(segment.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

// `/api/tasks` and `/api/v2/tasks` as the table writes them.
std::string canonical_path(std::string_view path) {
  constexpr std::string_view kApi = "/api/";
  if (!path.starts_with(kApi)) return std::string(path);
  std::string_view rest = path.substr(kApi.size());
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && is_version(rest.substr(0, slash))) {
    rest.remove_prefix(slash + 1);
  }
  return std::string("/api/v1/").append(rest);
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<const Route*> routes;

  [[nodiscard]] const Node* child(std::string_view segment) const {
    for (const auto& [literal, node] : literals) {
      if (literal == segment) return node.get();
    }
    return segment.empty() ? nullptr : parameter.get();
  }

  Node& child_to_make(std::string_view segment) {
    if (is_parameter(segment)) {
      if (!parameter) parameter = std::make_unique<Node>();
      return *parameter;
    }
    for (const auto& [literal, node] : literals) {
      if (literal == segment) return *node;
    }
    return *literals.emplace_back(segment, std::make_unique<Node>()).second;
  }
};

Router::Router(std::span<const Route> table) : table_(table), root_(std::make_unique<Node>()) {
  for (const Route& route : table_) insert(route);
}

Router::~Router() = default;

void Router::insert(const Route& route) {
  CARILLON_CHECK(std::ranges::count(route.pattern, '{') <= 1, "a route has one parameter at most");
  Node* node = root_.get();
  for (Segments segments(route.pattern); !segments.done();) {
    node = &node->child_to_make(segments.take());
  }
  for (const Route* other : node->routes) {
    CARILLON_CHECK(other->method != route.method, "two rows of the route table collide");
  }
  node->routes.push_back(&route);
}

RouteMatch Router::match(Method method, std::string_view path) const {
  RouteMatch match;
  const Node* node = root_.get();
  Segments segments(path);
  const bool in_api = path.starts_with("/api/");
  if (in_api) {
    segments.take();
    node = root_->child("api")->child("v1");
    Segments behind_version = segments;
    if (!behind_version.done() && behind_version.take() == "v1") segments = behind_version;
  }
  while (!segments.done() && node != nullptr) {
    const std::string_view raw = segments.take();
    const bool escaped = raw.find('%') != std::string_view::npos;
    std::string decoded = escaped ? http::percent_decoded(raw, http::PlusSign::literal) : "";
    const std::string_view segment = escaped ? std::string_view(decoded) : raw;
    const Node* next = node->child(segment);
    if (next != nullptr && next == node->parameter.get()) match.parameter.assign(segment);
    node = next;
  }
  if (node == nullptr) return match;

  const Method wanted = method == Method::head ? Method::get : method;
  for (const Route* route : node->routes) {
    if (route->method == wanted) match.route = route;
  }
  if (match.route != nullptr) return match;
  for (const auto& [known, name] : kMethodNames) {
    const Method served = known == Method::head ? Method::get : known;
    for (const Route* route : node->routes) {
      if (route->method == served)
        match.allow += (match.allow.empty() ? "" : ", ") + std::string(name);
    }
  }
  return match;
}

std::string_view Router::nearest_pattern(std::string_view path) const {
  if (path.size() > kNearPathBytes) return {};
  const std::string asked = canonical_path(path);
  const std::vector<std::string_view> asked_parts = split(asked, '/');
  std::vector<std::string> candidates;
  std::vector<std::string_view> patterns;
  for (const Route& route : table_) {
    const std::vector<std::string_view> parts = split(route.pattern, '/');
    if (parts.size() != asked_parts.size()) continue;
    std::string candidate;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      candidate += "/";
      candidate += is_parameter(parts[i]) ? asked_parts[i] : parts[i];
    }
    candidates.push_back(std::move(candidate));
    patterns.push_back(route.pattern);
  }
  const std::vector<std::string_view> names(candidates.begin(), candidates.end());
  const std::string_view nearest = nearest_name(asked, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!nearest.empty() && names[i] == nearest) return patterns[i];
  }
  return {};
}

}  // namespace carillon::api
