#!/usr/bin/env python3
"""A thousand slow clients of each kind, while a healthy one creates and reads tasks."""

import http.client
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time
import unittest

from harness import ServerTest
from rest_client import SLOW, raw_exchange, wait_for

CROWD = int(os.environ.get("CARILLON_HOSTILE_CLIENTS", "1000"))
ATTACKERS = pathlib.Path(__file__).with_name("attackers.py")
# A bound that only a server which stands still exceeds; the figures are printed.
STANDSTILL = 10 * SLOW
# The documented time-out of headers and of a window of a body, and some patience.
CUT_SECONDS = 10 + 10 * SLOW
# A thousand clients ask for 4 GB. Over 256 MiB unread the server loses its patience with them; the
# answers that are being made then come on top.
MEMORY_MIB = 2500 * SLOW
ANSWER_SECONDS = 20


def allow_files():
    """As many descriptors as this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Healthy:
    """One client that keeps its connection, as a good one does."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60 * SLOW)
        self.times = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, method, path, body=None):
        began = time.monotonic()
        headers = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        data = answer.read()
        self.times.append(time.monotonic() - began)
        if not 200 <= answer.status < 300:
            raise AssertionError(f"a healthy client gets {answer.status}: {data[:300]!r}")
        return json.loads(data)

    def work(self, rounds):
        for number in range(rounds):
            task = self.call("POST", "/api/v1/tasks", json.dumps({"name": f"healthy {number}"}))
            self.call("GET", f"/api/v1/tasks/{task['id']}")

    def p99_ms(self):
        return sorted(self.times)[int(len(self.times) * 0.99)] * 1000


class Crowds(ServerTest):
    """What the tests of all kinds share; it has none itself."""

    ROUNDS = 150

    @classmethod
    def setUpClass(cls):
        allow_files()
        super().setUpClass()
        # An answer that no socket buffer holds, for those who do not read it.
        batch = json.dumps([{"name": f"long {number}", "description": "d" * 4000}
                            for number in range(200)])
        cls.client.ok("POST", "/api/v1/tasks:batch", batch)
        wait_for("they are listed", lambda: len(cls.client.items("/api/v1/tasks")) == 200)
        with Healthy(cls.server.port) as alone:
            alone.work(cls.ROUNDS)
        cls.alone_ms = alone.p99_ms()

    def attack(self, kind):
        crowd = subprocess.Popen([sys.executable, "-B", str(ATTACKERS), kind,
                                  str(self.server.port), str(CROWD)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(crowd.wait)
        self.addCleanup(crowd.stdout.close)
        self.addCleanup(crowd.stdin.close)
        self.assertEqual(crowd.stdout.readline().strip(), "ready")
        return crowd

    @staticmethod
    def end(crowd):
        crowd.stdin.close()
        return json.loads(crowd.stdout.readline())

    def memory_mib(self):
        """The most that the server has held so far."""
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) // 1024

    def measure(self, kind):
        """The healthy client's figures beside the crowd; the crowd goes on."""
        self.quiet_sockets = self.sockets()
        crowd = self.attack(kind)
        with Healthy(self.server.port) as healthy:
            healthy.work(self.ROUNDS)
        line = (f"\n{CROWD} x {kind}: {len(healthy.times)} healthy requests, "
                f"p99 {healthy.p99_ms():.1f} ms, alone {self.alone_ms:.1f} ms, "
                f"slowest {max(healthy.times) * 1000:.0f} ms, at most {self.memory_mib()} MiB")
        self.assertLess(max(healthy.times), STANDSTILL, line)
        return crowd, line

    def sockets(self):
        """The connections of the server, as the kernel counts them."""
        folder = f"/proc/{self.server.process.pid}/fd"
        count = 0
        for name in os.listdir(folder):
            try:
                count += os.readlink(f"{folder}/{name}").startswith("socket:")
            except OSError:
                pass
        return count

    def until_cut(self, seconds):
        began = time.monotonic()
        # One more than before may stay: the healthy client keeps its connection.
        wait_for("they are cut off", lambda: self.sockets() <= self.quiet_sockets + 1, seconds)
        return time.monotonic() - began


class SlowRequests(Crowds):
    """Who sends too slowly is cut off, and nobody else notices."""

    def check(self, kind, statuses):
        crowd, line = self.measure(kind)
        waited = self.until_cut(CUT_SECONDS)
        told = self.end(crowd)
        print(f"{line}; all cut off after another {waited:.1f} s: {told}", flush=True)
        self.assertEqual((told["cut"], told["statuses"]), (CROWD, statuses))

    def test_headers_that_drip_are_cut_off_with_408(self):
        self.check("header", {"408": CROWD})

    def test_bodies_that_drip_are_cut_off_with_408(self):
        self.check("body", {"408": CROWD})

    def test_sockets_that_say_nothing_are_closed_without_a_word(self):
        self.check("idle", {})


class SlowReaders(Crowds):
    """Who reads too slowly is cut off or let go, and cannot fill the memory."""

    def test_clients_that_do_not_read_their_answers_do_not_fill_the_memory(self):
        crowd, line = self.measure("answer")
        began = time.monotonic()
        with Healthy(self.server.port) as healthy:
            while time.monotonic() - began < ANSWER_SECONDS:
                healthy.work(10)
        told = self.end(crowd)
        print(f"{line}, {self.memory_mib()} MiB and p99 {healthy.p99_ms():.1f} ms in the "
              f"{ANSWER_SECONDS} s after that: {told}", flush=True)
        self.assertLess(max(healthy.times), STANDSTILL)
        self.assertLess(self.memory_mib(), MEMORY_MIB)

    def test_clients_that_do_not_read_their_stream_hold_up_nobody(self):
        crowd, line = self.measure("stream")
        told = self.end(crowd)
        print(f"{line}: {told}", flush=True)
        wait_for("their places are given back",
                 lambda: self.client.create() and self.sockets() < 50)


class Crowded(ServerTest):
    """One address has a cap of its own, and who is over it is told so."""

    settings = {"limits.connections-per-address": "100", "limits.connections": "200"}

    def test_an_address_over_its_cap_gets_503_until_it_lets_go(self):
        allow_files()
        kept = self.enterContext(Healthy(self.server.port))
        kept.work(1)
        crowd = subprocess.Popen([sys.executable, "-B", str(ATTACKERS), "idle",
                                  str(self.server.port), "150"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(crowd.wait)
        self.addCleanup(crowd.stdout.close)
        self.assertEqual(crowd.stdout.readline().strip(), "ready")
        refused = raw_exchange(self.server.port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertTrue(refused.startswith(b"HTTP/1.1 503 "), refused)
        self.assertIn(b"This address has as many connections as it may.", refused)
        # Who is connected already is served on.
        kept.work(5)
        crowd.stdin.close()
        told = json.loads(crowd.stdout.readline())
        self.assertGreaterEqual(told["statuses"].get("503", 0), 50, told)
        wait_for("a new connection is taken", lambda: self.client.get("/livez").status == 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
