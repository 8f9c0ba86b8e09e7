// Transport: the byte stream under a connection. Single thread.
//
// Plain TCP. TLS becomes a second kind of stream behind these same calls; nothing above names
// sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace carillon::http {

namespace asio = boost::asio;
// The executor's type is spelled out, which spares Asio its type-erased one on every operation.
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

enum class WriteStep : std::uint8_t { wrote, blocked, failed };
struct Written {
  WriteStep step;
  std::size_t bytes = 0;
};

class Transport {
 public:
  // Requires  the socket is connected.
  explicit Transport(TcpSocket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;  // A socket that has just died fails at its first use.
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  // Reads what there is; calls done(error_code, bytes) later, never before it returns.
  template <class Done>
  void read(std::span<char> room, Done&& done) {
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::forward<Done>(done));
  }

  // Writes what fits without waiting.
  Written write(std::string_view bytes) {
    boost::system::error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(bytes), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      return {.step = WriteStep::blocked};
    }
    if (error) return {.step = WriteStep::failed};
    return {.step = WriteStep::wrote, .bytes = count};
  }

  // Calls done(error_code) when write may succeed again.
  template <class Done>
  void wait_writable(Done&& done) {
    socket_.async_wait(TcpSocket::wait_write, std::forward<Done>(done));
  }

  // Tells the peer that nothing more comes.
  void end_output() {
    boost::system::error_code ignored;
    socket_.shutdown(TcpSocket::shutdown_send, ignored);
  }

  // Lets the next close reset the connection instead of leaving what was not read to the kernel,
  // which would hold it for minutes.
  void drop_unread() {
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }

  // Ends everything; pending calls complete with an error.
  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  TcpSocket socket_;
};

}  // namespace carillon::http
