#include "cli/rest/http_client.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace carillon::cli {
namespace {

constexpr std::size_t kLargestAnswer = 256U << 20U;

// libcurl wants its process-wide state made before the first handle.
void start_curl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  CARILLON_CHECK(started == CURLE_OK, "libcurl does not start");
}

struct HeaderList {
  curl_slist* first = nullptr;

  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(first); }

  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(first, line.c_str());
    CARILLON_CHECK(longer != nullptr, "out of memory");
    first = longer;
  }
};

// What the callbacks of one transfer need.
struct Transfer {
  CURL* handle = nullptr;
  const std::function<bool()>* interrupted = nullptr;
  const StreamHandler* stream = nullptr;  // nullptr: collect the body.
  RestAnswer answer;
  SseParser parser;
  bool stopped = false;  // A stream handler has seen enough.
  bool was_interrupted = false;
};

long status_of(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

bool is_streaming(const Transfer& transfer) {
  return transfer.stream != nullptr && status_of(transfer.handle) == 200;
}

// False ends the transfer.
bool take_stream_bytes(Transfer& transfer, std::string_view bytes) {
  for (const SseEvent& event : transfer.parser.push(bytes)) {
    if (transfer.stream->event(event) == StreamStep::go_on) continue;
    transfer.stopped = true;
    return false;
  }
  return true;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  Transfer& transfer = *static_cast<Transfer*>(context);
  const std::string_view bytes(data, size * count);
  if (is_streaming(transfer)) return take_stream_bytes(transfer, bytes) ? bytes.size() : 0;
  if (transfer.answer.body.size() + bytes.size() > kLargestAnswer) return 0;
  transfer.answer.body += bytes;
  return bytes.size();
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  Transfer& transfer = *static_cast<Transfer*>(context);
  const std::string_view line(data, size * count);
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(std::min(colon + 1, line.size())));
  if (equal_ignoring_case(name, "etag")) transfer.answer.etag = value;
  if (equal_ignoring_case(name, "carillon-run")) transfer.answer.run = value;
  // The blank line ends the header: the stream is open from here on.
  const bool opened = trimmed(line).empty() && is_streaming(transfer) && transfer.stream->opened;
  if (opened && transfer.stream->opened() == StreamStep::stop) {
    transfer.stopped = true;
    return 0;
  }
  return line.size();
}

int on_progress(void* context, curl_off_t /*total_in*/, curl_off_t /*in*/, curl_off_t /*total_out*/,
                curl_off_t /*out*/) {
  Transfer& transfer = *static_cast<Transfer*>(context);
  if (!*transfer.interrupted || !(*transfer.interrupted)()) return 0;
  transfer.was_interrupted = true;
  return 1;
}

Failure transport_failure(CURLcode code, const Transfer& transfer, const std::string& server) {
  if (transfer.was_interrupted) return Failure{.exit = ExitCode::interrupted};
  const std::string reason = curl_easy_strerror(code);
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return Failure{.exit = ExitCode::unreachable,
                     .message = fmt::format("No carillon answers at {}.", server),
                     .hint = "Start one with `carillon dev`, or name another with --server URL."};
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t sent = 0;
      curl_easy_getinfo(transfer.handle, CURLINFO_PRETRANSFER_TIME_T, &sent);
      return Failure{.exit = sent == 0 ? ExitCode::unreachable : ExitCode::timed_out,
                     .message = fmt::format("{} does not answer in time.", server),
                     .hint = "Check it with `carillon healthcheck`."};
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
      return Failure{.exit = ExitCode::unreachable,
                     .message = fmt::format("No safe connection to {}: {}.", server, reason)};
    default:
      return Failure{.exit = ExitCode::failed,
                     .message = fmt::format("The exchange with {} broke off: {}.", server, reason),
                     .hint = "Look whether the change was made before you repeat it."};
  }
}

// What every request has in common.
void set_common(CURL* handle, const HttpClientOptions& options, Transfer& transfer,
                const std::string& url) {
  curl_easy_reset(handle);  // Keeps the connection, forgets the options of the last request.
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "carillon-cli/" CARILLON_VERSION);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_limit.ms()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  if (transfer.stream == nullptr) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.answer_limit.ms()));
  }
}

void set_headers(HeaderList& list, const HttpClientOptions& options, const RestRequest& request) {
  list.add("Accept: application/json, application/problem+json, text/event-stream");
  list.add("Expect:");  // No 100-continue round trip for small bodies.
  if (!request.body.empty()) list.add("Content-Type: application/json");
  if (!options.token.empty()) list.add("Authorization: Bearer " + options.token);
  for (const auto& [name, value] : request.headers) list.add(name + ": " + value);
}

void set_request(CURL* handle, const RestRequest& request) {
  if (request.method == Method::get) return;
  // A body, even an empty one, makes libcurl send Content-Length, which servers ask of POST.
  if (!request.body.empty() || request.method != Method::delete_) {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, std::string(method_word(request.method)).c_str());
}

// A line break in a header value would let its text become a header of its own.
CliResult<void> check_headers(const HttpClientOptions& options, const RestRequest& request) {
  const auto is_clean = [](std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  };
  bool clean = is_clean(options.token);
  for (const auto& [name, value] : request.headers) clean = clean && is_clean(name + value);
  if (clean) return {};
  return give_up(ExitCode::usage, "A token or header value contains a line break.",
                 "Check the token: it is one line of text.");
}

}  // namespace

std::string_view method_word(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
  }
  std::unreachable();
}

struct HttpClient::Connection {
  CURL* handle = nullptr;

  Connection() {
    start_curl_once();
    handle = curl_easy_init();
    CARILLON_CHECK(handle != nullptr, "libcurl gives no handle");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_easy_cleanup(handle); }

  // Runs one transfer to its end.
  CURLcode perform(const HttpClientOptions& options, const RestRequest& request,
                   Transfer& transfer) const {
    const std::string url = options.server + request.path;
    HeaderList headers;
    set_common(handle, options, transfer, url);
    set_headers(headers, options, request);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.first);
    set_request(handle, request);
    const CURLcode code = curl_easy_perform(handle);
    transfer.answer.status = static_cast<int>(status_of(handle));
    return code;
  }
};

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)), connection_(std::make_unique<Connection>()) {}

HttpClient::~HttpClient() = default;

CliResult<RestAnswer> HttpClient::send(const RestRequest& request) {
  if (auto clean = check_headers(options_, request); !clean) return give_up(clean.error());
  Transfer transfer{.handle = connection_->handle, .interrupted = &options_.interrupted};
  const CURLcode code = connection_->perform(options_, request, transfer);
  if (code != CURLE_OK) return give_up(transport_failure(code, transfer, options_.server));
  return std::move(transfer.answer);
}

CliResult<StreamEnd> HttpClient::stream(const RestRequest& request, const StreamHandler& handler) {
  if (auto clean = check_headers(options_, request); !clean) return give_up(clean.error());
  // A handler may send requests of its own, so the stream does not hold the shared connection.
  const Connection connection;
  Transfer transfer{
      .handle = connection.handle, .interrupted = &options_.interrupted, .stream = &handler};
  const CURLcode code = connection.perform(options_, request, transfer);
  if (transfer.stopped) return StreamEnd::stopped;
  if (transfer.was_interrupted) return give_up(transport_failure(code, transfer, options_.server));
  if (code == CURLE_OK && transfer.answer.status != 200) {
    return give_up(problem_failure(transfer.answer.status, transfer.answer.body, {}));
  }
  // A stream that was open and broke off is one that ended: the reader continues after its last id.
  if (transfer.answer.status == 200) return StreamEnd::closed_by_server;
  return give_up(transport_failure(code, transfer, options_.server));
}

}  // namespace carillon::cli
