#include "executors/net/transfer_engine.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <future>

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "ports/thread_name.h"

namespace carillon {
namespace {

constexpr std::size_t kHeaderBytes = 64 * 1024;
constexpr long kConnectTimeoutMs = 30'000;
constexpr int kPollMs = 1000;
constexpr long kCachedConnections = 64;

// curl's start is not safe beside other threads that use it, so it happens once and first.
void start_curl_once() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  CARILLON_CHECK(kStarted == CURLE_OK, "libcurl cannot start");
}

std::optional<IpAddress> address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof(v4));
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return IpAddress::v4(octets);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof(v6));
    IpAddress result;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, result.bytes.size());
    return result;
  }
  return std::nullopt;
}

struct SlistFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistFree>;

void append(Slist& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  CARILLON_CHECK(longer != nullptr, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

}  // namespace

struct TransferEngine::Multi {
  CURLM* handle = curl_multi_init();
  Multi() { CARILLON_CHECK(handle != nullptr, "libcurl cannot make a multi handle"); }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;
  ~Multi() { curl_multi_cleanup(handle); }
};

struct TransferEngine::Transfer {
  Transfer(TransferRequest what, OnTransfer end, const AddressGuard& judge)
      : request(std::move(what)), on_end(std::move(end)), guard(judge) {
    host = host_of(request.url).value_or("");
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_easy_cleanup(easy); }

  // Sets everything up; false when curl refuses an option, which only a bad URL or header causes.
  bool set_up();
  bool set_up_http();
  bool set_up_mail();
  TransferResult result(CURLcode code);
  [[nodiscard]] TransferFailure failure(CURLcode code) const;

  template <class Value>
  bool set(CURLoption option, Value value) {
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
  }

  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* to);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t give_body(char* out, std::size_t size, std::size_t count, void* self);

  CURL* easy = curl_easy_init();
  TransferId id;
  TransferRequest request;
  OnTransfer on_end;
  const AddressGuard& guard;
  std::string host;
  std::string refusal;  // Why the last address was refused.
  TransferAnswer answer;
  std::size_t header_bytes = 0;
  std::size_t body_given = 0;
  Slist header_lines;
  Slist recipients;
  std::array<char, CURL_ERROR_SIZE> error_text{};
};

// The judgement that counts: this is the address the socket will be connected to.
curl_socket_t TransferEngine::Transfer::open_socket(void* self, curlsocktype, curl_sockaddr* to) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.request.trust == Trust::task) {
    const auto address = address_of(to->addr);
    const auto verdict =
        address ? transfer.guard.check(transfer.host, *address)
                : Result<void>(fail(ErrorCode::forbidden, "Only internet addresses are allowed."));
    if (!verdict) {
      transfer.refusal = fmt::format("{} {}", verdict.error().message, verdict.error().hint);
      return CURL_SOCKET_BAD;
    }
  }
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t TransferEngine::Transfer::take_body(char* data, std::size_t size, std::size_t count,
                                                void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  const std::size_t room = transfer.request.answer_bytes - transfer.answer.body.size();
  transfer.answer.body.append(data, std::min(bytes, room));
  if (bytes <= room) return bytes;
  transfer.answer.extent = AnswerBody::cut;
  return 0;  // Ends the transfer.
}

std::size_t TransferEngine::Transfer::take_header(char* data, std::size_t size, std::size_t count,
                                                  void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  transfer.header_bytes += bytes;
  if (transfer.header_bytes > kHeaderBytes) return 0;
  const std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) transfer.answer.headers.clear();  // After a 100 Continue.
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    transfer.answer.headers.emplace_back(lower_ascii(line.substr(0, colon)),
                                         trimmed(line.substr(colon + 1)));
  }
  return bytes;
}

std::size_t TransferEngine::Transfer::give_body(char* out, std::size_t size, std::size_t count,
                                                void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string& body = transfer.request.body;
  const std::size_t bytes = std::min(size * count, body.size() - transfer.body_given);
  std::memcpy(out, body.data() + transfer.body_given, bytes);
  transfer.body_given += bytes;
  return bytes;
}

bool TransferEngine::Transfer::set_up() {
  const auto timeout_ms = static_cast<long>(std::max<std::int64_t>(request.timeout.ms(), 1));
  return easy != nullptr && set(CURLOPT_URL, request.url.c_str()) &&
         set(CURLOPT_PRIVATE, static_cast<void*>(this)) &&
         set(CURLOPT_ERRORBUFFER, error_text.data()) && set(CURLOPT_NOSIGNAL, 1L) &&
         set(CURLOPT_QUICK_EXIT, 1L) &&  // A slow name server must not hold up an abort.
         set(CURLOPT_PROXY, "") && set(CURLOPT_NOPROXY, "*") && set(CURLOPT_NETRC, 0L) &&
         set(CURLOPT_FOLLOWLOCATION, 0L) && set(CURLOPT_TIMEOUT_MS, timeout_ms) &&
         set(CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout_ms, kConnectTimeoutMs)) &&
         set(CURLOPT_OPENSOCKETFUNCTION, &open_socket) &&
         set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this)) &&
         // A kept connection is not judged again, so what nobody judged is not kept.
         (request.trust == Trust::task || set(CURLOPT_FORBID_REUSE, 1L)) &&
         set(CURLOPT_WRITEFUNCTION, &take_body) &&
         set(CURLOPT_WRITEDATA, static_cast<void*>(this)) &&
         (request.mail ? set_up_mail() : set_up_http());
}

bool TransferEngine::Transfer::set_up_http() {
  for (const auto& [name, value] : request.headers) {
    // curl leaves out a header whose value is empty unless it is spelled with a semicolon.
    append(header_lines, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  append(header_lines, "Expect:");
  bool ok = set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_HEADERFUNCTION, &take_header) &&
            set(CURLOPT_HEADERDATA, static_cast<void*>(this)) &&
            set(CURLOPT_HTTPHEADER, header_lines.get());
  if (request.method == "HEAD") return ok && set(CURLOPT_NOBODY, 1L);
  if (request.method != "GET" || !request.body.empty()) {
    ok = ok && set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size())) &&
         set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  return ok && set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

bool TransferEngine::Transfer::set_up_mail() {
  for (const std::string& to : request.mail->to) append(recipients, fmt::format("<{}>", to));
  bool ok = set(CURLOPT_PROTOCOLS_STR, "smtp,smtps") && set(CURLOPT_UPLOAD, 1L) &&
            set(CURLOPT_MAIL_FROM, fmt::format("<{}>", request.mail->from).c_str()) &&
            set(CURLOPT_MAIL_RCPT, recipients.get()) && set(CURLOPT_READFUNCTION, &give_body) &&
            set(CURLOPT_READDATA, static_cast<void*>(this)) &&
            set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  if (request.mail->user.empty())
    return ok && set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  // A password never goes over a connection that anyone can read.
  return ok && set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL)) &&
         set(CURLOPT_USERNAME, request.mail->user.c_str()) &&
         set(CURLOPT_PASSWORD, request.mail->password.c_str());
}

TransferResult TransferEngine::Transfer::result(CURLcode code) {
  const bool cut = code == CURLE_WRITE_ERROR && answer.extent == AnswerBody::cut;
  if (code != CURLE_OK && !cut) return std::unexpected(failure(code));
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
  const char* redirect = nullptr;
  curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) answer.redirect_url = redirect;
  return std::move(answer);
}

TransferFailure TransferEngine::Transfer::failure(CURLcode code) const {
  const std::string_view detail =
      error_text[0] != '\0' ? std::string_view(error_text.data()) : curl_easy_strerror(code);
  const std::string message = fmt::format("{}: {}", host, escape_control(detail));
  if (!refusal.empty() && code == CURLE_COULDNT_CONNECT) {
    return {.fault = TransferFault::refused, .message = refusal};
  }
  TransferFault fault = TransferFault::broken;
  if (code == CURLE_OPERATION_TIMEDOUT) fault = TransferFault::timed_out;
  if (code == CURLE_ABORTED_BY_CALLBACK) fault = TransferFault::aborted;
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
      code == CURLE_BAD_FUNCTION_ARGUMENT) {
    fault = TransferFault::bad_request;
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
      code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION) {
    fault = TransferFault::unreachable;
  }
  return {.fault = fault, .message = message};
}

TransferEngine::TransferEngine(AddressGuard guard) : guard_(std::move(guard)) {
  start_curl_once();
  multi_ = std::make_unique<Multi>();
  curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, kCachedConnections);
  thread_ = std::thread([this] { serve(); });
}

TransferEngine::~TransferEngine() {
  {
    const std::scoped_lock lock(mutex_);
    life_ = Life::closing;
  }
  curl_multi_wakeup(multi_->handle);
  thread_.join();
}

TransferId TransferEngine::submit(TransferRequest request, OnTransfer on_end) {
  auto transfer = std::make_unique<Transfer>(std::move(request), std::move(on_end), guard_);
  TransferId id;
  {
    const std::scoped_lock lock(mutex_);
    id = TransferId{++last_id_};
    transfer->id = id;
    // std::function wants a copyable closure, hence the raw pointer for the hand-over.
    posted_.emplace_back([this, raw = transfer.release()] { add(std::unique_ptr<Transfer>(raw)); });
  }
  curl_multi_wakeup(multi_->handle);
  return id;
}

void TransferEngine::abort(TransferId id) {
  post([this, id] { finish(id, CURLE_ABORTED_BY_CALLBACK); });
}

void TransferEngine::post(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    posted_.push_back(std::move(work));
  }
  curl_multi_wakeup(multi_->handle);
}

void TransferEngine::flush() {
  const auto done = std::make_shared<std::promise<void>>();
  post([done] { done->set_value(); });
  done->get_future().wait();
}

void TransferEngine::serve() {
  name_this_thread("transfers");
  while (true) {
    run_posted();
    {
      const std::scoped_lock lock(mutex_);
      if (life_ == Life::closing && posted_.empty()) break;
    }
    int running = 0;
    curl_multi_perform(multi_->handle, &running);
    reap();
    curl_multi_poll(multi_->handle, nullptr, 0, kPollMs, nullptr);
  }
  // A callback may submit again, so this goes on until nothing is left.
  while (!running_.empty()) {
    finish(running_.begin()->first, CURLE_ABORTED_BY_CALLBACK);
    run_posted();
  }
}

void TransferEngine::run_posted() {
  std::deque<std::function<void()>> batch;
  {
    const std::scoped_lock lock(mutex_);
    batch.swap(posted_);
  }
  for (auto& work : batch) {
    work();
    work = nullptr;
  }
}

void TransferEngine::add(std::unique_ptr<Transfer> transfer) {
  const TransferId id = transfer->id;
  CURL* easy = transfer->easy;
  const bool ready = transfer->set_up();
  running_.emplace(id, std::move(transfer));
  if (!ready || curl_multi_add_handle(multi_->handle, easy) != CURLM_OK) {
    finish(id, CURLE_URL_MALFORMAT);
  }
}

void TransferEngine::reap() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    finish(static_cast<Transfer*>(self)->id, message->data.result);
  }
}

void TransferEngine::finish(TransferId id, int code) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  const std::unique_ptr<Transfer> transfer = std::move(found->second);
  running_.erase(found);
  curl_multi_remove_handle(multi_->handle, transfer->easy);
  transfer->on_end(transfer->result(static_cast<CURLcode>(code)));
}

}  // namespace carillon
