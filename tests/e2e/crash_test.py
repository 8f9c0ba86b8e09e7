#!/usr/bin/env python3
"""kill -9 under load, again and again, judged by the clients and an outside witness.

What a client was told is kept in this process; the server is never asked what it promised.
"""

import collections
import http.client
import json
import os
import random
import signal
import threading
import time
import unittest

import harness
from harness import Server, temporary_folder
from rest_client import SLOW, Client, Refused, Stream, wait_for

ROUNDS = int(os.environ.get("CARILLON_E2E_KILLS", "20"))
CREATORS = 3  # enough to keep two cores busy
MAX_RETRIES = 2


class Creator(threading.Thread):
    """Creates tasks and cancels some, and remembers only what was answered with 2xx."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load = load
        self.random = random.Random(f"{load.seed}-{number}")

    def run(self):
        while not self.load.stopped.is_set():
            port = self.load.port
            if port is None:
                time.sleep(0.01)
                continue
            try:
                self.one(Client(port, timeout=10 * SLOW))
            except (OSError, http.client.HTTPException, ValueError):
                pass  # Killed before the answer: nothing was promised.
            except Refused as refused:
                if refused.answer.status not in (429, 503):
                    self.load.surprises.append(str(refused))

    def one(self, client):
        kind = self.random.choice(("noop", "http", "http", "later", "flaky"))
        parameters = {"type": "noop"}
        fields = {}
        if kind == "flaky":
            parameters = {"type": "fail", "failTimes": 1}
            fields = {"maxRetries": MAX_RETRIES, "retryDelayMs": 200}
        elif kind == "http":
            mark = f"{self.random.getrandbits(64):x}"
            parameters = {"type": "http", "url": f"{self.load.witness.url}/{mark}"}
        if kind == "later":
            # Due in a while, so that a cancel has something to prevent.
            parameters = {"type": "http", "url": f"{self.load.witness.url}/later"}
            task = client.create(parameters=parameters)
            self.load.created[task["id"]] = "CREATED"
            client.act(task["id"], "schedule", {"delayMs": self.random.randint(200, 1500)})
            self.load.created[task["id"]] = "armed"
        else:
            task = client.create(parameters=parameters, schedule=True, **fields)
            self.load.created[task["id"]] = "armed"
        if kind == "later" and self.random.random() < 0.7:
            self.load.cancelling.add(task["id"])
            try:
                client.act(task["id"], "cancel")
            except Refused as refused:
                # On a slow machine the task may have come to its end before.
                if refused.answer.code == "illegal-transition":
                    return
                raise
            self.load.cancelled[task["id"]] = time.time()


class Load:
    """The creators, what they were promised, and the witness of what ran."""

    def __init__(self, seed):
        self.seed = seed
        self.witness = harness.Witness()
        self.port = None
        self.stopped = threading.Event()
        self.created = {}
        self.cancelling = set()
        self.cancelled = {}
        self.surprises = []
        self.creators = [Creator(self, number) for number in range(CREATORS)]
        for creator in self.creators:
            creator.start()

    def stop(self):
        self.stopped.set()
        for creator in self.creators:
            creator.join()

    def close(self):
        self.stop()
        self.witness.close()


class KillLoop(unittest.TestCase):
    """Twenty kills in one history; the tests below look at what is left."""

    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("CARILLON_E2E_SEED", random.SystemRandom().getrandbits(32)))
        print(f"kill loop: {ROUNDS} kills, CARILLON_E2E_SEED={cls.seed}", flush=True)
        folder = cls.enterClassContext(temporary_folder())
        cls.load = Load(cls.seed)
        cls.addClassCleanup(cls.load.close)
        cls.server = Server(folder)
        cls.addClassCleanup(cls.server.stop)
        cls.kill_again_and_again()
        cls.load.stop()
        cls.client = cls.server.client
        cls.settle()
        cls.events = collections.defaultdict(list)
        for event in cls.client.events():
            cls.events[event["subject"]].append(event)

    @classmethod
    def kill_again_and_again(cls):
        chance = random.Random(cls.seed)
        for _ in range(ROUNDS):
            cls.server.start()
            cls.load.port = cls.server.port
            known = len(cls.load.created)
            # Some moments lie before the first answer, most amid the work.
            if chance.random() < 0.8:
                wait_for("some work is promised", lambda known=known:
                         len(cls.load.created) > known + 5)
            time.sleep(chance.uniform(0.0, 0.5))
            cls.load.port = None
            cls.server.kill()
        cls.server.start()
        cls.load.port = cls.server.port
        promised = len(cls.load.created)
        wait_for("work goes on after the last kill", lambda: len(cls.load.created) > promised + 5)

    @classmethod
    def settle(cls):
        """The liveness period: no more faults, and everything that is armed must end."""
        armed = {task for task, what in cls.load.created.items() if what == "armed"}

        def ended():
            armed.difference_update(
                {task for task in armed if cls.client.task(task)["status"] in harness.ENDED})
            return not armed

        wait_for("every armed task has ended", ended, 120 * SLOW)

    def test_nothing_but_overload_was_refused(self):
        self.assertEqual(self.load.surprises, [])

    def test_every_acknowledged_task_exists(self):
        self.assertGreater(len(self.load.created), ROUNDS)
        listed = {item["id"] for item in self.client.items("/api/v1/tasks")}
        self.assertEqual(set(self.load.created) - listed, set())
        for task in self.load.created:
            self.assertEqual(self.client.task(task)["id"], task)

    def test_every_armed_task_that_nobody_cancelled_has_completed(self):
        for task, what in self.load.created.items():
            if what == "armed" and task not in self.load.cancelling:
                self.assertEqual(self.client.task(task)["status"], "COMPLETED")

    def test_no_attempt_starts_after_an_acknowledged_cancel(self):
        self.assertGreater(len(self.load.cancelled), 0)
        for task, at in self.load.cancelled.items():
            self.assertEqual(self.client.task(task)["status"], "CANCELLED")
            names = [event["type"] for event in self.events[task]]
            self.assertNotIn("run.started", names[names.index("task.cancelled"):], names)
            # A call that arrives later is of an attempt that had begun before.
            begun = {event["data"]["run"]["attempt"] for event in self.events[task]
                     if event["type"] == "run.started"}
            late = [call for call in self.load.witness.of(task)
                    if call["at"] > at and int(call["attempt"]) not in begun]
            self.assertEqual(late, [], f"cancelled at {at}")

    def test_every_completed_http_run_was_seen_outside(self):
        seen = {call["task"] for call in self.load.witness.calls}
        for task in self.load.created:
            state = self.client.task(task)
            if state["parameters"]["type"] == "http" and state["status"] == "COMPLETED":
                self.assertIn(task, seen)

    def test_attempts_stay_within_their_budget(self):
        for task in self.load.created:
            state = self.client.task(task)
            lost = sum(1 for event in self.events[task] if
                       (event["data"]["run"] or {}).get("attemptStatus") == "LOST")
            for run in self.client.runs(task):
                self.assertLessEqual(run["attempt"], 1 + state["maxRetries"] + lost, run)

    def test_calls_beyond_one_are_attempts_recorded_as_lost(self):
        for task in self.load.created:
            calls = self.load.witness.of(task)
            numbers = [call["attempt"] for call in calls]
            self.assertEqual(len(numbers), len(set(numbers)), "an attempt was sent twice")
            self.assertLessEqual(len({call["key"] for call in calls}), 1)

    def test_the_facts_of_every_task_are_without_gaps(self):
        for task in self.load.created:
            versions = [event["data"]["version"] for event in self.events[task]]
            self.assertEqual(versions, list(range(1, len(versions) + 1)), task)
            self.assertEqual(versions[-1], self.client.task(task)["version"])

    def test_positions_only_grow(self):
        positions = [event["position"] for event in self.client.events()]
        self.assertEqual(positions, sorted(set(positions)))


class Ends(unittest.TestCase):
    """How a server ends when it is asked to, and what it does about a second one."""

    def setUp(self):
        self.server = Server(self.enterContext(temporary_folder()),
                             settings={"executors.command.enabled": "true"})
        self.addCleanup(self.server.stop)

    def begin(self, client, seconds):
        """A run that has begun: RUNNING may also mean that it waits for a thread, and what waits
        is handed back at the first word of a drain."""
        task = client.create(schedule=True, parameters={
            "type": "command", "argv": ["/bin/sh", "-c", f"echo > begun; exec sleep {seconds}"]})
        wait_for("the command runs", (self.server.data / "files" / "begun").exists)
        return task

    def test_a_drain_lets_short_runs_finish(self):
        client = self.server.start().client
        task = self.begin(client, 1.5)
        self.assertEqual(self.server.terminate(), 0, self.server.log)
        self.assertNotIn("Stopping.", self.server.log)
        done = self.server.start().client.task(task["id"])
        self.assertEqual((done["status"], done["lastRun"]["attempts"]), ("COMPLETED", 1))

    def test_a_server_for_trying_things_says_why_it_does_not_end_at_once(self):
        self.server.mode = "dev"
        self.server.settings["drain"] = "20s"
        client = self.server.start().client
        task = client.create(schedule=True, parameters={"type": "sleep", "durationMs": 1500})
        client.await_status(task["id"], "RUNNING")
        self.assertEqual(self.server.terminate(), 0, self.server.log)
        self.assertIn("Stopping. Running tasks may end within 20 s;", self.server.log)

    def test_a_drain_hands_long_runs_back(self):
        self.server.settings["drain"] = "1s"
        client = self.server.start().client
        task = client.create(schedule=True, parameters={"type": "sleep", "durationMs": 3600000})
        client.await_status(task["id"], "RUNNING")
        self.assertEqual(self.server.terminate(), 0, self.server.log)
        client = self.server.start().client
        # Handing back costs no retry: the task has none and runs all the same.
        client.await_status(task["id"], "RUNNING")
        client.act(task["id"], "cancel")

    def test_a_server_that_drains_is_not_ready(self):
        client = self.server.start().client
        self.begin(client, 5)
        self.server.process.send_signal(signal.SIGTERM)
        statuses = set()

        def ended():
            try:
                statuses.add(client.get("/readyz").status)
            except OSError:
                pass
            return self.server.process.poll() is not None

        wait_for("the server ends", ended)
        self.assertIn(503, statuses)

    def test_a_second_signal_ends_at_once(self):
        client = self.server.start().client
        self.begin(client, 3600)
        self.server.process.send_signal(signal.SIGTERM)
        wait_for("it drains", lambda: client.get("/readyz").status == 503)
        self.server.process.send_signal(signal.SIGTERM)
        self.server.process.wait(15 * SLOW)

    def test_a_second_process_on_the_same_data_is_turned_away(self):
        client = self.server.start().client
        task = client.create()
        second = harness.cli("server", "--data-dir", self.server.data, "--listen", "127.0.0.1:0")
        self.assertEqual(second.returncode, 1, second)
        self.assertIn(f"in use by process {self.server.process.pid}", second.stderr)
        self.assertIn("hint: ", second.stderr)
        self.assertEqual(client.task(task["id"]), task)
        self.assertEqual(client.create()["status"], "CREATED")

    def test_a_port_in_use_is_named(self):
        self.server.start()
        folder = self.enterContext(temporary_folder())
        second = harness.cli("server", "--data-dir", folder / "data", "--listen",
                             f"127.0.0.1:{self.server.port}")
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(str(self.server.port), second.stderr)
        self.assertFalse((folder / "data").exists(), "the port comes before the data")

    def test_keys_page_tokens_and_streams_outlive_a_kill(self):
        client = self.server.start().client
        first = client.post("/api/v1/tasks", {"name": "once"}, Idempotency_Key="before-the-kill")
        client.create()
        token = wait_for("a second page", lambda: client.ok(
            "GET", "/api/v1/tasks?pageSize=1")["nextPageToken"])
        position = client.events()[-1]["position"]
        self.server.kill()
        client = self.server.start().client
        again = client.post("/api/v1/tasks", {"name": "once"}, Idempotency_Key="before-the-kill")
        self.assertEqual((again.status, again.json["id"]), (201, first.json["id"]), again)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        other = client.post("/api/v1/tasks", {"name": "two"}, Idempotency_Key="before-the-kill")
        self.assertEqual((other.status, other.code), (422, "idempotency-key-reused"))
        page = client.ok("GET", f"/api/v1/tasks?pageSize=1&pageToken={token}")
        self.assertEqual([item["id"] for item in page["items"]], [first.json["id"]])
        task = client.create()
        stream = Stream(self.server.port, "/api/v1/events/stream",
                        {"Last-Event-ID": str(position)})
        self.addCleanup(stream.close)
        self.assertEqual(json.loads(stream.take(1)[0]["data"])["task"], task["id"])

    def test_slots_that_passed_while_nobody_served_are_accounted_for(self):
        client = self.server.start().client
        task = client.create(schedule=True, every="PT1S")
        wait_for("a first run", lambda: client.runs(task["id"]))
        self.server.kill()
        down = time.time()
        wait_for("three slots have passed", lambda: time.time() > down + 3.2)
        client = self.server.start().client
        runs = len(client.runs(task["id"]))
        wait_for("runs go on", lambda: len(client.runs(task["id"])) > runs + 1)
        client.act(task["id"], "cancel")
        seconds = []
        for slot in client.items(f"/api/v1/tasks/{task['id']}/slots"):
            first = harness.parse_instant(slot["first"])
            seconds += [round(first + step) for step in range(slot["count"])]
        self.assertEqual(sorted(seconds), list(range(min(seconds), max(seconds) + 1)),
                         json.dumps(client.items(f"/api/v1/tasks/{task['id']}/slots")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
