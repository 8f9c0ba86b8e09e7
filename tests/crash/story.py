"""A scenario over the REST API that remembers every acknowledged answer.

The record of what was promised is kept here, outside the product. Which answer came when is told in
steps of the shim, so that a test can say what a crash after any step must have left.
"""

import http.client
import random
import threading
import time

from harness import Witness
from rest_client import Client, Refused

MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
OVERLOAD = (429, 503, 507)
# How often each act comes in a hundred.
ACTS = {"noop": 14, "call": 20, "later": 16, "cancel": 12, "flaky": 8, "define": 12, "edit": 8,
        "keyed": 4, "workflow": 3, "pause": 2, "table": 1}

# The name of tasks that wait for an hour, longer than any test; also of those whose creation was
# not acknowledged and still happened.
WAITING = "waiting"


class Promise:
    """One answer with 2xx: this task has come to this version."""

    def __init__(self, task, answer, at, kind):
        self.task = task
        self.version = answer.get("version", 0) if answer else 0
        self.at = at
        self.kind = kind
        self.time = time.time()


class CountingWitness(Witness):
    """A witness that also notes how many steps the server had made when the call came."""

    def __init__(self, steps=lambda: 0):
        self.note = steps
        super().__init__()


class Story:
    """Acts drawn by a seed; each is one or two requests."""

    def __init__(self, seed, witness, steps=lambda: 0, acts=None):
        self.random = random.Random(seed)
        self.witness = witness
        self.steps = steps
        self.acts = dict(acts or ACTS)
        self.promises = []
        self.refusals = []
        self.surprises = []
        self.unanswered = 0
        self._waiting = []   # Due later, so a cancel can come in time.
        self._defined = []
        self._recurring = []
        self.keys = {}
        self.table = None  # The file of the last act of that name.
        self._lock = threading.Lock()

    def step(self, client):
        """One act drawn by chance; False when it was not answered or was refused."""
        return self.act(client, self.random.choices(list(self.acts), list(self.acts.values()))[0])

    def act(self, client, act):
        """The act of that name."""
        try:
            getattr(self, f"_{act}")(client)
            return True
        except (OSError, http.client.HTTPException, ValueError):
            self.unanswered += 1  # Nothing was promised.
        except Refused as refused:
            answer = refused.answer
            self.refusals.append((answer.status, answer.code))
            # What was begun may have been cut off by a crash, and a task may have ended by itself.
            if answer.status not in OVERLOAD and answer.code not in (
                    "illegal-transition", "outcome-unknown", "run-active"):
                self.surprises.append(str(refused))
        return False

    def promise(self, answer, kind, task=None):
        with self._lock:
            self.promises.append(Promise(task or answer["id"], answer, self.steps(), kind))
        return answer

    def _create(self, client, kind, **fields):
        return self.promise(client.create(schedule=True, **fields), kind)

    def _noop(self, client):
        self._create(client, "armed")

    def _call(self, client):
        self._create(client, "armed", parameters=self._http())

    def _http(self):
        return {"type": "http", "url": f"{self.witness.url}/{self.random.getrandbits(48):x}"}

    def _later(self, client):
        task = self.promise(client.create(parameters=self._http()), "defined")
        delay = {"delayMs": self.random.randint(50, 600)}
        self.promise(client.act(task["id"], "schedule", delay), "armed")
        self._waiting.append(task["id"])

    def _cancel(self, client):
        if not self._waiting:
            return self._later(client)
        task = self._waiting.pop(self.random.randrange(len(self._waiting)))
        return self.promise(client.act(task, "cancel"), "cancelled")

    def _flaky(self, client):
        self._create(client, "armed", parameters={"type": "fail", "failTimes": 1}, maxRetries=2,
                     retryDelayMs=30)

    def _define(self, client):
        task = self.promise(client.create(description="d" * 4000), "defined")
        self._defined.append(task["id"])

    def _edit(self, client):
        if not self._defined:
            return self._define(client)
        task = self.random.choice(self._defined)
        text = f"{self.random.getrandbits(64):x}" * 100
        return self.promise(client.ok("PATCH", f"/api/v1/tasks/{task}", {"description": text},
                                      MERGE_PATCH), "defined")

    def _keyed(self, client):
        key = f"key-{self.random.getrandbits(64):x}"
        made = client.ok("POST", "/api/v1/tasks", {"name": "keyed"}, {"Idempotency-Key": key})
        self.keys[key] = (made["id"], self.steps())
        self.promise(made, "defined")

    def _workflow(self, client):
        self._create(client, "armed", parameters={"type": "workflow", "steps": [
            {"name": "a"}, {"name": "b", "dependsOn": ["a"]}]})

    def _pause(self, client):
        task = self.promise(client.create(name=WAITING, schedule=True, every="PT1H"), "waiting")
        self.promise(client.act(task["id"], "pause"), "waiting")

    def _bulk(self, client):
        """A write that is longer than a block of the log."""
        client.ok("POST", "/api/v1/tasks:batch", [{"name": "bulk", "description": "d" * 4000}] * 12)

    def _recur(self, client):
        self._create(client, "armed", every="PT1S", maxRuns=2)

    def _table(self, client):
        """Writes a file below the data directory, synced and renamed by the server itself."""
        self.table = f"report-{self.random.getrandbits(32):x}.csv"
        self._create(client, "armed", parameters={
            "type": "report", "format": "csv", "output": self.table})


class Players:
    """Threads that play a story against whichever server is up."""

    def __init__(self, story, count=2):
        self.story = story
        self.port = None
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._play, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _play(self):
        while not self._over.is_set():
            port = self.port
            if port is None:
                time.sleep(0.005)
            else:
                self.story.step(Client(port, timeout=20))

    def close(self):
        self._over.set()
        for thread in self._threads:
            thread.join()
