#include "api/http/server.h"

#include <utility>
#include <vector>

#include "api/http/io_thread.h"
#include "api/http/listening/listen_address.h"
#include "api/http/listening/listener.h"
#include "base/check.h"

namespace carillon::http {

struct Server::State {
  ListenAddress address;
  std::shared_ptr<ServerShared> shared;
  std::vector<std::shared_ptr<IoThread>> threads;
};

Result<std::unique_ptr<Server>> Server::listen(ServerOptions options) {
  if (options.threads == 0) {
    return fail(ErrorCode::invalid_value, "An HTTP server needs at least one thread.");
  }
  const Result<ListenAddress> address = parse_listen_address(options.listen);
  if (!address) return std::unexpected(address.error());
  Result<Listeners> listeners = open_listeners(*address, options.threads);
  if (!listeners) return std::unexpected(listeners.error());

  auto state = std::make_unique<State>(State{
      .address = listeners->address, .shared = std::make_shared<ServerShared>(options.limits)});
  for (OwnedDescriptor& socket : listeners->sockets) {
    state->threads.push_back(
        std::make_shared<IoThread>(state->shared, state->address.family, std::move(socket)));
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { stop(Duration()); }

void Server::serve(Handler handler) {
  CARILLON_CHECK(!state_->shared->handler, "serve is called once");
  CARILLON_CHECK(handler != nullptr);
  state_->shared->handler = std::move(handler);
  for (const auto& thread : state_->threads) thread->start();
}

std::uint16_t Server::port() const { return state_->address.port; }

std::string Server::address() const { return state_->address.text(); }

void Server::stop(Duration deadline) {
  for (const auto& thread : state_->threads) thread->begin_stop(deadline);
  for (const auto& thread : state_->threads) thread->join();
  // Whoever still holds a responder keeps the shared part alive, but not what the handler owns.
  state_->shared->handler = nullptr;
}

ServerCounts Server::counts() const {
  ServerCounts counts{.connections_open = state_->shared->census.open(),
                      .connections_refused_total = state_->shared->census.refused_total()};
  for (const auto& thread : state_->threads) counts.requests_total += thread->requests_total();
  return counts;
}

}  // namespace carillon::http
