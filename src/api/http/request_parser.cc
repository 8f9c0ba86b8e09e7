#include "api/http/request_parser.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "base/check.h"

namespace carillon::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;

// What a client announces is not yet there, so only this much is set aside for it.
constexpr std::size_t kBodyReserveBytesMax = 64 * 1024;

std::string_view view(BeastText text) { return {text.data(), text.size()}; }

// Collects method and fields. The body never gets here.
class HeaderReader final : public beast_http::basic_parser<true> {
 public:
  explicit HeaderReader(Request& request) : request_(request) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // The caller has bounded it.
    body_limit(boost::none);
  }

 private:
  void on_request_impl(beast_http::verb, BeastText method, BeastText, int, error_code&) override {
    request_.method_text = view(method);
    request_.method = method_from_text(request_.method_text);
  }
  void on_response_impl(int, BeastText, int, error_code&) override {}
  void on_field_impl(beast_http::field, BeastText name, BeastText value, error_code&) override {
    request_.headers.add(view(name), view(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(BeastText, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastText, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  Request& request_;
};

bool agree(const HeaderReader& reader, const HeaderFacts& facts) {
  const bool has_chunks = facts.body == BodyFraming::chunked;
  const std::uint64_t length = facts.body == BodyFraming::length ? facts.body_bytes : 0;
  return reader.chunked() == has_chunks && reader.content_length().value_or(0) == length &&
         reader.is_done() == (facts.body == BodyFraming::none);
}

}  // namespace

RequestParser::RequestParser(std::size_t body_bytes_max)
    : body_bytes_max_(body_bytes_max), chunks_(body_bytes_max) {}

std::expected<void, FramingViolation> RequestParser::begin(std::string_view header,
                                                           const HeaderFacts& facts) {
  if (facts.body == BodyFraming::length && facts.body_bytes > body_bytes_max_) {
    return std::unexpected(
        FramingViolation{.status = 413, .detail = "The body is over the limit of this server."});
  }
  request_ = Request{};
  request_.headers.reserve(header.size(), facts.field_count);
  HeaderReader reader(request_);
  error_code error;
  const std::size_t used = reader.put({header.data(), header.size()}, error);
  if (error || used != header.size() || !reader.is_header_done() || !agree(reader, facts)) {
    return std::unexpected(
        FramingViolation{.status = 400, .detail = "The header section is ambiguous."});
  }
  request_.target = facts.target;
  framing_ = facts.body;
  if (framing_ == BodyFraming::length) {
    body_left_ = static_cast<std::size_t>(facts.body_bytes);
    request_.body.reserve(std::min(body_left_, kBodyReserveBytesMax));
  }
  if (framing_ == BodyFraming::chunked) chunks_ = ChunkedBody(body_bytes_max_);
  return {};
}

std::expected<std::size_t, FramingViolation> RequestParser::feed(std::string_view bytes) {
  CARILLON_CHECK(!is_done(), "the request is complete");
  if (framing_ == BodyFraming::chunked) return chunks_.feed(bytes, request_.body);
  const std::string_view data = bytes.substr(0, body_left_);
  request_.body += data;
  body_left_ -= data.size();
  return data.size();
}

bool RequestParser::is_done() const {
  switch (framing_) {
    case BodyFraming::none:
      return true;
    case BodyFraming::length:
      return body_left_ == 0;
    case BodyFraming::chunked:
      return chunks_.is_done();
  }
  std::unreachable();
}

Request RequestParser::take() {
  CARILLON_CHECK(is_done(), "the request is incomplete");
  return std::move(request_);
}

}  // namespace carillon::http
