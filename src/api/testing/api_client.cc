#include "api/testing/api_client.h"

#include <chrono>
#include <utility>

#include "base/check.h"

namespace carillon::api::testing {
namespace {

constexpr std::chrono::seconds kPatience{60};

}  // namespace

void RecordingObserver::on_answered(const RequestReport& report) {
  const std::lock_guard lock(mutex_);
  last_ = report;
  // The method's text dies with its request; tests look at the rest later.
  last_.method = {};
}

RequestReport RecordingObserver::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void AnswerBox::deliver(http::AnswerTicket /*ticket*/, http::Answer answer) {
  const std::lock_guard lock(mutex_);
  if (auto* whole = std::get_if<http::Response>(&answer)) {
    response_ = std::move(*whole);
  } else if (auto* start = std::get_if<http::StreamStart>(&answer)) {
    response_ = std::move(start->head);
    stream_ = std::move(start->stream);
    streamed_ = response_->body;
  } else if (auto* chunk = std::get_if<http::StreamChunk>(&answer)) {
    streamed_ += chunk->bytes;
    if (reading_ == Reading::eagerly && stream_) {
      stream_->on_bytes_sent(http::Stream::framed_bytes(chunk->bytes.size()));
    }
  } else {
    ended_ = true;
    stream_.reset();  // It holds this box.
  }
  changed_.notify_all();
}

http::Response AnswerBox::wait() {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, kPatience, [&] { return response_.has_value(); });
  CARILLON_CHECK(came, "no answer came");
  return *response_;
}

std::string AnswerBox::wait_for_text(std::string_view text) {
  std::unique_lock lock(mutex_);
  std::size_t searched = 0;  // Long streams come in many pieces; each byte is looked at once.
  changed_.wait_for(lock, kPatience, [&] {
    if (ended_ || streamed_.find(text, searched) != std::string::npos) return true;
    searched = streamed_.size() < text.size() ? 0 : streamed_.size() - text.size();
    return false;
  });
  return streamed_;
}

std::string AnswerBox::wait_for_end() {
  std::unique_lock lock(mutex_);
  const bool ended = changed_.wait_for(lock, kPatience, [&] { return ended_; });
  CARILLON_CHECK(ended, "the stream did not end");
  return streamed_;
}

void AnswerBox::hang_up() {
  std::shared_ptr<http::Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    stream = std::exchange(stream_, nullptr);
  }
  stream->on_gone();
}

ApiClient::ApiClient(ApiOptions options)
    : api(std::move(options), {.gateway = gateway, .clock = clock, .observer = observer}) {}

http::Response ApiClient::send(const Sent& sent) { return open(sent)->wait(); }

std::shared_ptr<AnswerBox> ApiClient::open(const Sent& sent, Reading reading) {
  http::Request request;
  request.method_text = sent.method;
  request.method = http::method_from_text(sent.method);
  request.target = sent.target;
  request.body = sent.body;
  request.remote_address = sent.remote_address;
  request.id = "r-1";
  bool has_host = false;
  for (const auto& [name, value] : sent.headers) {
    request.headers.add(name, value);
    has_host = has_host || name == "Host";
  }
  if (!has_host) request.headers.add("Host", "localhost:8080");
  auto box = std::make_shared<AnswerBox>(reading);
  api.handle(std::move(request), http::Responder(box, http::AnswerTicket(0)));
  return box;
}

boost::json::value json_of(const http::Response& response) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(response.body, error);
  return error ? boost::json::value(nullptr) : value;
}

std::string text_at(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const boost::json::value* found = value.find_pointer(pointer, error);
  if (found == nullptr) return "(missing)";
  return found->is_string() ? std::string(found->get_string()) : boost::json::serialize(*found);
}

std::string text_at(const http::Response& response, std::string_view pointer) {
  return text_at(json_of(response), pointer);
}

}  // namespace carillon::api::testing
