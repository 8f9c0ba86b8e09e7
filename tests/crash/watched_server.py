"""A server under the shim, the story that is told to it, and the judgement of what is left.

What the suites have in common that let it die or fail at a step of their choice.
"""

import os
import random
import unittest

from checker import Checker, History
from harness import PATIENCE, Server, temporary_folder
from rest_client import wait_for
from shim import Shim
from story import CountingWitness, Story

SETTINGS = {"storage.write-buffer-bytes": "1MiB", "drain": "0s"}


class WatchedServer:
    """One server on a new directory of its own."""

    def __init__(self, folder, witness, seed, acts=None):
        disk = folder / "disk"
        disk.mkdir(parents=True)
        self.shim = Shim(folder / "shim", disk)
        self.witness = witness
        self.story = Story(seed, witness, **({"acts": acts} if acts else {}))
        self.server = Server(disk, settings=SETTINGS, log=folder / "log")

    def serve(self, **shim):
        """Starts it with the shim told so; false when it ended before it served."""
        server = self.server
        server.environment = self.shim.environment(**shim)
        server.spawn()
        port_file = server.folder / "port"
        wait_for(f"it serves or is gone; log: {server.log}", lambda: self.has_ended() or (
            port_file.exists() and port_file.read_text().strip()))
        if self.has_ended():
            return False
        server.port = int(port_file.read_text())
        return True

    def has_ended(self):
        return self.server.process.poll() is not None

    def judge(self):
        """Starts it without the shim's doing, looks at all that is left, and ends it."""
        self.server.environment = {}
        client = self.server.start().client
        history = History(client)
        waiting = {promise.task for promise in self.story.promises if promise.kind == "waiting"}
        history.settle(set(history.of_task) - waiting, PATIENCE)
        Checker(history, lambda: self.calls(history)).judge(self.story.promises)
        self.judge_more(client)
        self.server.stop()

    def judge_more(self, client):
        """What a suite wants to see besides."""

    def calls(self, history):
        """Those of this history: one witness serves all servers."""
        tasks = {promise.task for promise in self.story.promises} | set(history.of_task)
        return [call for call in list(self.witness.calls) if call["task"] in tasks]

    def close(self):
        self.server.stop()
        self.shim.close()


class WatchedServerTest(unittest.TestCase):
    """Gives each test a seed, a folder, a witness, and as many servers as it wants."""

    def setUp(self):
        self.seed = int(os.environ.get("CARILLON_E2E_SEED",
                                       random.SystemRandom().getrandbits(32)))
        self.folder = self.enterContext(temporary_folder())
        self.witness = CountingWitness()
        self.addCleanup(self.witness.close)
        self.made = 0

    def place_of_next(self):
        """A folder that no other server of this test has."""
        self.made += 1
        return self.folder / str(self.made)

    def watch(self, server):
        self.addCleanup(server.close)
        return server
