#!/usr/bin/env python3
"""kill -9 at random moments of one long history, with other options at each restart.

Also: a server that is stopped and continued, and an orderly end under load.
"""

import os
import random
import signal
import time
import unittest

from checker import Checker, History
from harness import Server, temporary_folder
from rest_client import SLOW, Client, wait_for
from story import ACTS, CountingWitness, Players, Story

NIGHTLY = os.environ.get("CARILLON_NIGHTLY") == "1"
KILLS = int(os.environ.get("CARILLON_CRASH_KILLS", "1000" if NIGHTLY else "100"))
# Each may change between two starts without losing anything.
OPTIONS = {
    "storage.cache-bytes": ("1MiB", "16MiB", "256MiB"),
    "storage.write-buffer-bytes": ("1MiB", "2MiB", "64MiB"),
    "executors.cpu-threads": ("1", "2", "7"),
    "executors.blocking-threads": ("1", "8", "32"),
    "executors.http-transfers": ("1", "16", "256"),
    "http.threads": ("1", "2", "4"),
    "limits.intake-records": ("1000", "65536"),
    "limits.intake-bytes": ("1MiB", "64MiB"),
    "limits.min-free-disk": ("0", "64MiB"),
    "drain": ("0s", "1s", "30s"),
    "log.level": ("info", "debug", "error"),
    "retention.journal": ("7d", "36500d"),
}


class Crashes(unittest.TestCase):
    """Each test has a history of its own."""

    def setUp(self):
        self.seed = int(os.environ.get("CARILLON_E2E_SEED",
                                       random.SystemRandom().getrandbits(32)))
        self.chance = random.Random(self.seed)
        print(f"CARILLON_E2E_SEED={self.seed}", flush=True)
        self.witness = CountingWitness()
        self.addCleanup(self.witness.close)
        self.story = Story(self.seed, self.witness, acts={**ACTS, "recur": 2, "table": 0})
        self.server = Server(self.enterContext(temporary_folder()))
        self.addCleanup(self.server.stop)
        self.players = Players(self.story)
        self.addCleanup(self.players.close)

    def draw_options(self):
        for key, values in OPTIONS.items():
            if self.chance.random() < 0.5:
                self.server.settings.pop(key, None)
            else:
                self.server.settings[key] = self.chance.choice(values)

    def start(self):
        self.server.start()
        self.players.port = self.server.port
        return self.server.client

    def kept(self):
        return len(self.story.promises)

    def judge(self):
        """No more faults: everything must come to rest, and the history must be whole."""
        self.players.port = None
        self.players.close()
        waiting = {promise.task for promise in self.story.promises if promise.kind == "waiting"}
        history = History(self.server.client)
        history.settle({promise.task for promise in self.story.promises} - waiting, 60 * SLOW)
        Checker(history, lambda: [call for call in list(self.witness.calls) if call["task"]]).judge(
            self.story.promises)
        for task in waiting:
            self.assertIn(history.status(task), ("PAUSED", "SCHEDULED"))
        for key, (task, _) in self.story.keys.items():
            again = self.server.client.ok("POST", "/api/v1/tasks", {"name": "keyed"},
                                          {"Idempotency-Key": key})
            self.assertEqual(again["id"], task, "a key was forgotten")
        self.assertEqual(self.story.surprises, [])
        return history

    def test_kill_9_at_random_with_random_options_loses_nothing(self):
        for _ in range(KILLS):
            self.draw_options()
            before = self.kept()
            if self.chance.random() < 0.1:
                # A moment before the first answer.
                self.server.spawn()
                time.sleep(self.chance.uniform(0.0, 0.15))
            else:
                self.start()
                wait_for("some work is promised", lambda before=before: self.kept() > before + 3)
                time.sleep(self.chance.uniform(0.0, 0.2))
            self.players.port = None
            self.server.kill()
        self.server.settings.clear()
        self.server.settings["executors.http.allow"] = "127.0.0.0/8"
        self.start()
        before = self.kept()
        wait_for("work goes on after the last kill", lambda: self.kept() > before + 5)
        history = self.judge()
        lost = sum(1 for events in history.of_task.values() for event in events
                   if (event["data"]["run"] or {}).get("attemptStatus") == "LOST")
        print(f"kill loop: {KILLS} kills, {self.kept()} promises kept, {len(self.witness.calls)} "
              f"calls seen, {lost} attempts lost and accounted for", flush=True)
        self.assertGreater(self.kept(), KILLS)

    def test_a_server_that_was_stopped_and_continued_goes_on(self):
        self.start()
        for _ in range(5):
            before = self.kept()
            wait_for("some work is promised", lambda before=before: self.kept() > before + 20)
            os.kill(self.server.process.pid, signal.SIGSTOP)
            time.sleep(self.chance.uniform(0.2, 1.2))
            os.kill(self.server.process.pid, signal.SIGCONT)
        before = self.kept()
        wait_for("work goes on", lambda: self.kept() > before + 20)
        history = self.judge()
        # The server never died, so nothing may count as lost.
        lost = [event for events in history.of_task.values() for event in events
                if (event["data"]["run"] or {}).get("attemptStatus") == "LOST"]
        self.assertEqual(lost, [])

    def test_an_orderly_end_under_load_ends_in_time_and_loses_nothing(self):
        self.server.settings["drain"] = "2s"
        for _ in range(5):
            self.start()
            before = self.kept()
            wait_for("some work is promised", lambda before=before: self.kept() > before + 20)
            began = time.monotonic()
            # The load goes on while the server drains.
            self.assertEqual(self.server.terminate(), 0, self.server.log)
            self.assertLess(time.monotonic() - began, 15 * SLOW)
            self.players.port = None
        self.start()
        self.judge()


if __name__ == "__main__":
    unittest.main(verbosity=2)
