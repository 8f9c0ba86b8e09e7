#!/usr/bin/env python3
"""A thousand slow clients in a process of their own: attackers.py KIND PORT COUNT.

Prints `ready` when all are connected, goes on until its standard input ends, then prints one line
of JSON: how many were connected, cut off by the server, and with which statuses they were answered.
"""

import collections
import json
import select
import socket
import sys
import time

HEAD = b"GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
POST = (b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 500000\r\n\r\n{")
LIST = b"GET /api/v1/tasks?pageSize=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
STREAM = b"GET /api/v1/events/stream?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Kind:
    """What is sent at first, what every second, and whether answers are read."""

    def __init__(self, first, drip, reads):
        self.first = first
        self.drip = drip
        self.reads = reads


KINDS = {"header": Kind(HEAD, b"a", True), "body": Kind(POST, b" ", True),
         "answer": Kind(LIST * 4, b"", False), "stream": Kind(STREAM, b"", False),
         "idle": Kind(b"", b"", True)}


class Crowd:
    """The sockets of one kind, served by one thread."""

    def __init__(self, kind, port):
        self.kind = KINDS[kind]
        self.port = port
        self.poll = select.poll()
        self.open = {}
        self.cut = 0
        self.connected = 0
        self.statuses = collections.Counter()

    def connect(self):
        peer = socket.socket()
        if not self.kind.reads:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.settimeout(30)
        peer.connect(("127.0.0.1", self.port))
        peer.setblocking(False)
        self.open[peer.fileno()] = peer
        self.connected += 1
        # Who reads nothing still learns that it was cut off.
        self.poll.register(peer, select.POLLIN if self.kind.reads else select.POLLHUP)
        self.send(peer, self.kind.first)

    def send(self, peer, data):
        try:
            if data:
                peer.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.lose(peer)

    def lose(self, peer):
        if self.open.pop(peer.fileno(), None) is not None:
            self.poll.unregister(peer)
            peer.close()
            self.cut += 1

    def read(self, peer):
        try:
            data = peer.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data.startswith(b"HTTP/1.1 "):
            self.statuses[data[9:12].decode()] += 1
        if not data:
            self.lose(peer)

    def turn(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for number, events in self.poll.poll(left * 1000):
                if number == sys.stdin.fileno():
                    return False
                peer = self.open[number]
                if events & (select.POLLHUP | select.POLLERR) and not self.kind.reads:
                    self.lose(peer)
                else:
                    self.read(peer)
        for peer in list(self.open.values()):
            self.send(peer, self.kind.drip)
        return True


def main():
    kind, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    crowd = Crowd(kind, port)
    for _ in range(count):
        crowd.connect()
    print("ready", flush=True)
    crowd.poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    while crowd.turn(1):
        pass
    print(json.dumps({"connected": crowd.connected, "cut": crowd.cut,
                      "statuses": dict(crowd.statuses)}), flush=True)


if __name__ == "__main__":
    main()
