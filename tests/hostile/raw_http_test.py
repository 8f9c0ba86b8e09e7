#!/usr/bin/env python3
"""Raw bytes that two readers could frame differently: one refusal, a closed connection, no task."""

import re
import unittest

from harness import ServerTest
from rest_client import raw_exchange, wait_for

# What an attacker wants to run: a request hidden in the bytes of another one.
HIDDEN_BODY = b'{"name":"smuggled"}'
HIDDEN = (b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          b"Content-Length: %d\r\n\r\n" % len(HIDDEN_BODY)) + HIDDEN_BODY
BODY = b'{"name":"front"}'
CHUNKED = b"10\r\n" + BODY + b"\r\n0\r\n\r\n"


def post(*fields, body=b""):
    lines = [b"POST /api/v1/tasks HTTP/1.1", b"Host: localhost", b"Content-Type: application/json",
             *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(target=b"/livez", version=b"HTTP/1.1", host=b"Host: localhost"):
    return b"GET " + target + b" " + version + b"\r\n" + host + b"\r\n\r\n"


# Name, bytes, status of the one answer. All are followed by the hidden request.
REFUSED = (
    ("length and encoding", post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
                                 body=b"0\r\n\r\n"), 400),
    ("encoding and length", post(b"Transfer-Encoding: chunked", b"Content-Length: 200",
                                 body=b"0\r\n\r\n"), 400),
    ("encoding hidden by a tab", post(b"Transfer-Encoding:\tchunked", b"Content-Length: 3",
                                      body=b"0\r\n\r\n"), 400),
    ("encoding twice, one odd", post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: x",
                                     body=b"0\r\n\r\n"), 400),
    ("two lengths", post(b"Content-Length: 0", b"Content-Length: 200"), 400),
    ("a list of lengths", post(b"Content-Length: 0, 200"), 400),
    ("length with a plus", post(b"Content-Length: +0"), 400),
    ("length with an underscore", post(b"Content-Length: 1_0"), 400),
    ("length in other digits", post("Content-Length: ٠".encode()), 400),
    ("folded field", post(b"X: a\r\n Content-Length: 200"), 400),
    ("bare line feeds", b"GET /livez HTTP/1.1\nHost: localhost\n\n", 400),
    ("bare carriage return", post(b"X: a\rContent-Length: 200"), 400),
    ("NUL in a field", post(b"X: a\x00b"), 400),
    ("blank before the colon", post(b"Content-Length : 200"), 400),
    ("no host", b"GET /livez HTTP/1.1\r\nAccept: */*\r\n\r\n", 400),
    ("two hosts", get(host=b"Host: localhost\r\nHost: y"), 400),
    ("HTTP/0.9", b"GET /livez\r\n\r\n", 400),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("HTTP/3 version", get(version=b"HTTP/3.0"), 505),
    ("version with blanks", get(version=b"HTTP/1.1 "), 400),
    ("NUL in the target", get(b"/li%00vez"), 400),
    ("header over the bound", get(host=b"Host: localhost\r\nX: " + b"a" * 17000), 431),
    ("many fields over the bound", get(host=b"Host: localhost" + b"\r\nA: b" * 4000), 431),
    ("chunk size with a sign", post(b"Transfer-Encoding: chunked", body=b"-1\r\n"), 400),
    ("chunk size with 0x", post(b"Transfer-Encoding: chunked", body=b"0x10\r\n" + BODY), 400),
    ("chunk size over 64 bits", post(b"Transfer-Encoding: chunked",
                                     body=b"FFFFFFFFFFFFFFFFF0\r\n" + BODY), 413),
    ("chunk size of all bits", post(b"Transfer-Encoding: chunked",
                                    body=b"FFFFFFFFFFFFFFFF\r\n" + BODY), 413),
    ("chunk without its line end", post(b"Transfer-Encoding: chunked",
                                        body=b"10\r\n" + BODY + b"0\r\n\r\n"), 400),
    ("chunk with a bare line feed", post(b"Transfer-Encoding: chunked",
                                         body=b"10\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    ("NUL in a chunk extension", post(b"Transfer-Encoding: chunked",
                                      body=b"10;\x00\r\n" + BODY + b"\r\n0\r\n\r\n"), 400),
    ("length in a trailer", post(b"Transfer-Encoding: chunked",
                                 body=b"10\r\n" + BODY + b"\r\n0\r\nContent-Length: 9\r\n\r\n"),
     400),
    ("length over the bound", post(b"Content-Length: 18446744073709551617"), 413),
)

# Name, bytes, the statuses of all answers. These connections go on to the next request.
TAKEN = (
    ("chunks with extensions", post(b"Transfer-Encoding: chunked",
                                    body=b"10;a=b;c\r\n" + BODY + b"\r\n0\r\n\r\n"), [201]),
    ("a trailer that means nothing", post(b"Transfer-Encoding: chunked", body=CHUNKED[:-2]
                                          + b"X-Sum: 1\r\n\r\n"), [201]),
    ("absolute form", get(b"http://elsewhere/livez"), [200]),
    ("empty lines before", b"\r\n" + get(), [200]),
    ("pipelined", get() * 3, [200, 200, 200]),
    ("unknown method", b"BREW /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n", [405]),
    ("path that climbs", get(b"/api/v1/../../etc/passwd"), [404]),
    ("escaped path that climbs", get(b"/api/v1/tasks/..%2f..%2fetc%2fpasswd"), [404]),
)


def statuses(received):
    return [int(code) for code in re.findall(rb"(?:^|\r\n|\})HTTP/1\.1 (\d{3}) ", received)]


class RawHttp(ServerTest):
    """Every row is sent to the real binary; what is hidden in it must never run."""

    def names(self):
        return [task["name"] for task in self.client.items("/api/v1/tasks")]

    def exchange(self, request):
        # The last request asks for the end, so that a connection that goes on ends as well.
        return raw_exchange(self.server.port, request)

    def test_what_can_be_framed_in_two_ways_is_refused_once_and_the_connection_ends(self):
        for name, request, status in REFUSED:
            with self.subTest(name):
                received = self.exchange(request + HIDDEN)
                self.assertEqual(statuses(received), [status], received[:400])
                self.assertIn(b"Connection: close\r\n", received)
                self.assertIn(b"application/problem+json", received)
        self.assertNotIn("smuggled", self.names())

    def test_what_is_odd_but_clear_is_answered_and_the_next_request_as_well(self):
        last = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        for name, request, expected in TAKEN:
            with self.subTest(name):
                received = self.exchange(request + last)
                self.assertEqual(statuses(received), [*expected, 200], received[:400])

    def test_http_1_0_gets_its_answer_and_the_end(self):
        received = self.exchange(b"GET /livez HTTP/1.0\r\n\r\n" + HIDDEN)
        self.assertEqual(statuses(received), [200], received)
        self.assertNotIn("smuggled", self.names())

    def test_garbage_behind_a_request_does_not_run(self):
        for garbage in (b"\x16\x03\x01\x02\x00", b"\x00" * 64, b"}" * 64, b"POST /api"):
            with self.subTest(garbage):
                received = self.exchange(get() + garbage + b"\r\n\r\n" + HIDDEN)
                self.assertEqual(statuses(received), [200, 400], received)
        self.assertNotIn("smuggled", self.names())

    def test_the_server_lives_and_says_nothing_of_itself(self):
        received = self.exchange(b"\xff" * 100 + b"\r\n\r\n")
        self.assertEqual(statuses(received), [400])
        for word in (b"/work", b"/home", b".cc:", b"boost", b"exception"):
            self.assertNotIn(word, received.lower())
        wait_for("a task", lambda: self.client.create()["status"] == "CREATED")


if __name__ == "__main__":
    unittest.main(verbosity=2)
