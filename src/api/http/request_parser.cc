#include "api/http/request_parser.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "base/check.h"

namespace carillon::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;

// Enough for one chunk line or the trailers; longer ones are an attempt to make us buffer.
constexpr std::size_t kChunkLineBytesMax = 8 * 1024;
constexpr std::size_t kBodyReserveBytesMax = 64 * 1024;

std::string_view view(BeastText text) { return {text.data(), text.size()}; }

// Collects what Beast reads. Trailer fields are dropped: nothing here asks for them, and taking
// them for headers would let a body overrule its own header section.
class Collector final : public beast_http::basic_parser<true> {
 public:
  Request request;

 private:
  void on_request_impl(beast_http::verb, BeastText method, BeastText, int, error_code&) override {
    request.method_text = view(method);
    request.method = method_from_text(request.method_text);
  }
  void on_response_impl(int, BeastText, int, error_code&) override {}
  void on_field_impl(beast_http::field, BeastText name, BeastText value, error_code&) override {
    if (!header_done_) request.headers.add(view(name), view(value));
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
    request.body.reserve(static_cast<std::size_t>(
        std::min<std::uint64_t>(length.value_or(0), kBodyReserveBytesMax)));
  }
  std::size_t on_body_impl(BeastText bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, BeastText, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  bool header_done_ = false;
};

FramingViolation body_too_large() {
  return {.status = 413, .detail = "The body is over the limit of this server."};
}

FramingViolation violation_of(error_code error) {
  if (error == beast_http::error::body_limit) return body_too_large();
  if (error == beast_http::error::bad_chunk || error == beast_http::error::bad_chunk_extension ||
      error == beast_http::error::bad_line_ending) {
    return {.status = 400, .detail = "The chunks of the body cannot be told apart."};
  }
  return {.status = 400, .detail = "The request breaks the rules of HTTP/1.1."};
}

}  // namespace

class RequestParser::Reader {
 public:
  std::optional<Collector> collector;
};

RequestParser::RequestParser(std::size_t body_bytes_max)
    : body_bytes_max_(body_bytes_max), reader_(std::make_unique<Reader>()) {}

RequestParser::~RequestParser() = default;

std::expected<void, FramingViolation> RequestParser::begin(std::string_view header,
                                                           const HeaderFacts& facts) {
  if (facts.body == BodyFraming::length && facts.body_bytes > body_bytes_max_) {
    return std::unexpected(body_too_large());
  }
  Collector& collector = reader_->collector.emplace();
  collector.eager(true);
  // The caller has bounded the header already.
  collector.header_limit(std::numeric_limits<std::uint32_t>::max());
  collector.body_limit(body_bytes_max_);
  collector.request.headers.reserve(header.size(), facts.field_count);

  error_code error;
  const std::size_t used = collector.put({header.data(), header.size()}, error);
  if (error && error != beast_http::error::need_more) return std::unexpected(violation_of(error));
  const bool agrees =
      used == header.size() && collector.is_header_done() &&
      collector.chunked() == (facts.body == BodyFraming::chunked) &&
      collector.is_done() == (facts.body == BodyFraming::none) &&
      (facts.body != BodyFraming::length || collector.content_length() == facts.body_bytes);
  if (!agrees) {
    return std::unexpected(
        FramingViolation{.status = 400, .detail = "The header section is ambiguous."});
  }
  collector.request.target = facts.target;
  return {};
}

std::expected<std::size_t, FramingViolation> RequestParser::feed(std::string_view bytes) {
  Collector& collector = *reader_->collector;
  CARILLON_CHECK(!collector.is_done(), "the request is complete");
  error_code error;
  const std::size_t used = collector.put({bytes.data(), bytes.size()}, error);
  if (error && error != beast_http::error::need_more) return std::unexpected(violation_of(error));
  if (!collector.is_done() && bytes.size() - used > kChunkLineBytesMax) {
    return std::unexpected(
        FramingViolation{.status = 400, .detail = "A chunk line or the trailers are too long."});
  }
  return used;
}

bool RequestParser::is_done() const { return reader_->collector && reader_->collector->is_done(); }

std::size_t RequestParser::body_bytes() const {
  return reader_->collector ? reader_->collector->request.body.size() : 0;
}

Request RequestParser::take() {
  CARILLON_CHECK(is_done(), "the request is incomplete");
  return std::move(reader_->collector->request);
}

}  // namespace carillon::http
