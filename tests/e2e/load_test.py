#!/usr/bin/env python3
"""Many tasks, clients that vanish, too much at once, and a disk that is full."""

import contextlib
import json
import os
import re
import socket
import subprocess
import threading
import time
import unittest

from harness import ENDED, Server, ServerTest, Witness, temporary_folder
from rest_client import SLOW, Client, Stream, wait_for

TASKS = int(float(os.environ.get("CARILLON_E2E_TASKS", "100000")) / SLOW)
# A debug build on a busy machine makes fewer; the figure that is printed says how many it were.
FILL_SECONDS = float(os.environ.get("CARILLON_E2E_FILL_SECONDS", "80"))
LEAST_BATCHES = 5
DISK_BYTES = 48 << 20
STALLED = re.compile(r'"level":"error",.*"engine-stalled","error":"The disk has \d+ MiB left')


class ManyTasks(unittest.TestCase):
    """A server with a great many tasks starts again and answers."""

    def test_a_restart_with_many_tasks_is_ready_and_answers(self):
        server = Server(self.enterContext(temporary_folder()))
        self.addCleanup(server.stop)
        client = server.start().client
        began = time.monotonic()
        some = []
        while len(some) < LEAST_BATCHES or (
                len(some) * 1000 < TASKS and time.monotonic() - began < FILL_SECONDS):
            some.append(self.create_thousand(client, len(some)))
        print(f"\n{len(some) * 1000} tasks created in {time.monotonic() - began:.1f} s", flush=True)
        server.kill()
        client = server.start(seconds=120 * SLOW).client
        print(f"ready {server.ready_seconds:.2f} s after a kill with {len(some) * 1000} tasks",
              flush=True)
        for task_id in some:
            self.assertEqual(client.task(task_id)["status"], "SCHEDULED")
        page = client.ok("GET", "/api/v1/tasks?pageSize=1000")
        self.assertEqual(len(page["items"]), 1000)
        first = wait_for("the list finds a late one", lambda: client.ok(
            "GET", f"/api/v1/tasks?filter=tag:n{len(some) - 1}&pageSize=10")["items"], 120 * SLOW)
        self.assertEqual(len(first), 10)
        task = client.create(schedule=True)
        client.await_status(task["id"], "COMPLETED")

    @staticmethod
    def create_thousand(client, number):
        # Armed, so that the wake-ups have to be found again as well.
        batch = json.dumps([{"name": f"{number}.{place}", "runAt": "2040-01-01T00:00:00Z",
                             "tags": [f"n{number}"]} for place in range(1000)])
        answer = client.ok("POST", "/api/v1/tasks:batch?schedule=true", batch)
        if answer["created"] != 1000:
            raise AssertionError(f"batch {number}: {answer['created']} created")
        item = answer["items"][0]
        return (item.get("task") or item)["id"]


class VanishingClients(ServerTest):
    """Clients that go in the middle of things leave nothing behind."""

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=10)

    def test_half_requests_and_cut_answers_disturb_nobody(self):
        head = b"POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        cuts = (b"", b"POST /api", head, head + b"Content-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{\"name\": \"ha",
                b"GET /api/v1/tasks?pageSize=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        before = len(self.client.items("/api/v1/tasks"))
        for number in range(100):
            with self.connect() as peer:
                peer.sendall(cuts[number % len(cuts)])
                if number % 2:  # Half of them with a reset instead of an orderly end.
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.assertEqual(len(self.client.items("/api/v1/tasks")), before)
        self.assertEqual(self.client.create()["status"], "CREATED")

    def test_streams_that_are_cut_give_their_places_back(self):
        peers = []
        for _ in range(50):
            peer = self.connect()
            peer.sendall(b"GET /api/v1/events/stream?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertTrue(peer.recv(1024).startswith(b"HTTP/1.1 200 "))
            peers.append(peer)
        for peer in peers:
            peer.close()
        pid = self.server.process.pid
        # Events make the server notice who is gone.
        wait_for("the sockets are given back", lambda: self.client.create() and sum(
            1 for name in os.listdir(f"/proc/{pid}/fd")
            if _is_socket(f"/proc/{pid}/fd/{name}")) < 30)

    def test_slow_clients_do_not_delay_others(self):
        slow = [self.connect() for _ in range(200)]
        self.addCleanup(lambda: [peer.close() for peer in slow])
        for peer in slow:
            peer.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        began = time.monotonic()
        for _ in range(20):
            self.client.create()
        self.assertLess(time.monotonic() - began, 20 * SLOW)


def _is_socket(link):
    with contextlib.suppress(OSError):
        return os.readlink(link).startswith("socket:")
    return False


class GivenBack(ServerTest):
    """Work of every kind gives back the descriptors and the processes that it took."""

    ROUNDS = 20

    def work(self):
        """One task of each type, ended well or badly, and the readers of all of them."""
        url = self.witness.url
        kinds = [
            {"type": "http", "url": url},
            {"type": "http", "url": "http://127.0.0.1:1/"},  # Refused.
            {"type": "command", "argv": ["/bin/sh", "-c", "cat; echo done"], "stdin": "text"},
            {"type": "command", "argv": ["/bin/false"]},
            {"type": "command", "argv": ["/no/such/program"]},
            {"type": "data_processing", "rows": [{"n": 1}], "sql": "SELECT n FROM input"},
            {"type": "data_processing", "rows": [{"n": 1}], "sql": "SELECT nonsense"},
            {"type": "report", "output": "reports/{{task.name}}.json"},
            {"type": "cleanup", "path": "reports", "pattern": "*.json"},
            {"type": "cleanup"}, {"type": "notification"}, {"type": "fail"}]
        tasks = [self.client.create(schedule=True, parameters=kind) for kind in kinds]
        stopped = self.client.create(schedule=True, parameters={
            "type": "command", "argv": ["/bin/sleep", "3600"]})
        self.client.await_status(stopped["id"], "RUNNING")
        self.client.act(stopped["id"], "cancel")
        for task in (*tasks, stopped):
            self.client.await_status(task["id"], *ENDED)
        self.client.items("/api/v1/tasks")
        stream = Stream(self.server.port, "/api/v1/events/stream?after=0")
        stream.take(1)
        stream.close()

    def held(self):
        """What is open besides the files of the stores, which come and go with what is in them."""
        folder = f"/proc/{self.server.process.pid}/fd"
        links = []
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                links.append(os.readlink(f"{folder}/{name}"))
        data = str(self.server.data)
        return [link for link in links
                if not link.startswith((f"{data}/store", f"{data}/views", f"{data}/logs"))]

    def children(self):
        """Programs that the server has started and that have not ended."""
        found = ""
        folder = f"/proc/{self.server.process.pid}/task"
        for thread in os.listdir(folder):
            with contextlib.suppress(OSError), open(f"{folder}/{thread}/children",
                                                    encoding="ascii") as children:
                found += children.read()
        names = []
        for pid in found.split():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", encoding="utf-8") as name:
                names.append(name.read().strip())
        # A sanitizer keeps the program that finds names for its reports.
        return [name for name in names if not name.startswith(("llvm-symbolizer", "addr2line"))]

    def test_work_of_every_kind_leaves_nothing_open(self):
        self.witness = Witness()
        self.addCleanup(self.witness.close)
        self.work()  # Opens what is kept for good, such as a connection to the witness.
        before = self.held()
        for _ in range(self.ROUNDS):
            self.work()
        # What has just ended is noticed a little later; one lost in each round would be far more.
        wait_for(f"no more is open than {before}",
                 lambda: len(self.held()) < len(before) + self.ROUNDS / 2)
        self.assertEqual(self.children(), [])


class TooMuch(ServerTest):
    """More than the engine takes in is refused at once, with the time to come back."""

    settings = {"limits.intake-records": "1000"}

    def test_overload_is_answered_with_429_and_a_time_and_passes(self):
        answers = []
        enough = threading.Event()
        batch = json.dumps([{"name": "many"}] * 400)  # Three of them are more than there is room.

        def post():
            client = Client(self.server.port)
            while not enough.is_set():
                answer = client.post("/api/v1/tasks:batch", batch)
                answers.append(answer)
                if answer.status == 429:
                    enough.set()

        threads = [threading.Thread(target=post, daemon=True) for _ in range(16)]
        for thread in threads:
            thread.start()
        try:
            wait_for("something is refused", enough.is_set)
        finally:
            enough.set()
            for thread in threads:
                thread.join()
        refused = [answer for answer in answers if answer.status != 201]
        for answer in refused:
            self.assert_problem(answer, 429, "overloaded")
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        made = sum(answer.json["created"] for answer in answers if answer.status == 201)
        self.assertGreater(made, 0)
        wait_for("every task that was acknowledged is listed, and no other", lambda: made == len(
            self.client.items("/api/v1/tasks")))
        self.assertEqual(self.client.create()["status"], "CREATED")


class FullDisk(unittest.TestCase):
    """Without space, writes are refused, reads go on, and space alone makes all well again."""

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.mounted = self.mount()

    def mount(self):
        """A small disk of its own, where this user may mount one."""
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.disk)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            return False
        if done.returncode != 0:
            return False
        self.addCleanup(subprocess.run, ["umount", str(self.disk)], check=True)
        return True

    def server(self, min_free):
        # The log lies elsewhere: on a full disk its lines would be lost.
        server = Server(self.disk, settings={"limits.min-free-disk": min_free,
                                             "storage.write-buffer-bytes": "1MiB"},
                        log=self.folder / "server.log")
        self.addCleanup(server.stop)
        return server

    def fill(self):
        """Takes all the space that is left."""
        with open(self.disk / "ballast", "wb", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(bytes(1 << 16))

    def check_refusal(self, client, task):
        """Writes are refused from some moment on, and reads are not."""
        def refused():
            answer = client.post("/api/v1/tasks", {"name": "x", "description": "d" * 4000})
            if answer.status == 201:
                return False
            self.assertEqual((answer.status, answer.code), (507, "storage-full"), answer)
            return True

        wait_for("writes are refused", refused)
        self.assertEqual(client.task(task["id"]), task)
        self.assertEqual(client.get("/api/v1/tasks").status, 200)
        self.assertEqual(client.get("/livez").status, 200)

    def check_recovery(self, client, task):
        wait_for("writes are taken again", lambda: client.post(
            "/api/v1/tasks", {"name": "after"}).status == 201)
        self.assertEqual(client.task(task["id"]), task)
        done = client.create(schedule=True)
        client.await_status(done["id"], "COMPLETED")

    def test_less_space_than_the_floor_refuses_writes_until_there_is_more(self):
        if not self.mounted:
            return self.floor_without_a_disk()
        server = self.server("8MiB").start()
        task = server.client.create()
        self.fill()
        self.check_refusal(server.client, task)
        wait_for("the log names the cause", lambda: STALLED.search(server.log))
        (self.disk / "ballast").unlink()
        self.check_recovery(server.client, task)
        wait_for("the log says that it is over", lambda: "engine-running" in server.log)
        return None

    def floor_without_a_disk(self):
        """The same where nothing can be mounted: the floor is above all there is."""
        server = self.server("0").start()
        task = server.client.create()
        server.stop()
        server.settings["limits.min-free-disk"] = "60TiB"
        self.check_refusal(server.start().client, task)
        server.stop()
        server.settings["limits.min-free-disk"] = "0"
        self.check_recovery(server.start().client, task)

    def test_a_disk_that_is_full_to_the_last_byte_loses_nothing(self):
        if not self.mounted:
            self.skipTest("this user may not mount a disk to fill")
        server = self.server("0").start()
        task = server.client.create()
        self.fill()
        self.check_refusal(server.client, task)
        (self.disk / "ballast").unlink()
        self.check_recovery(server.client, task)
        server.kill()
        self.assertEqual(server.start().client.task(task["id"]), task)


if __name__ == "__main__":
    unittest.main(verbosity=2)
