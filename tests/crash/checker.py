"""Judges a history by the event stream and an outside witness only.

The product's own status rows are never asked: a state is the fold of its events.
"""

import collections

from harness import ENDED, parse_instant
from rest_client import wait_for
from story import WAITING

# Where a task may rest when nothing more is to happen.
AT_REST = (*ENDED, "CREATED", "PAUSED")


class History:
    """The events of one server, read as they come."""

    def __init__(self, client):
        self.client = client
        self.of_task = {}
        self.faults = []
        self._after = 0
        self.read()

    def read(self):
        """Takes in what has come since the last time."""
        while True:
            page = self.client.ok(
                "GET", f"/api/v1/events?topic=task-events&after={self._after}&limit=1000")
            if not page["items"]:
                return
            for event in page["items"]:
                if event["position"] <= self._after:
                    self.faults.append(f"position {event['position']} after {self._after}")
                self._after = max(self._after, event["position"])
                self.of_task.setdefault(event["subject"], []).append(event)

    def events(self, task):
        return self.of_task.get(task, [])

    def name(self, task):
        """The one that its first event tells; none when there is no event yet."""
        events = self.events(task)
        return (events[0]["data"].get("definition") or {}).get("name") if events else None

    def versions(self, task):
        return [event["data"]["version"] for event in self.events(task)]

    def types(self, task):
        return [event["type"] for event in self.events(task)]

    def status(self, task):
        """The last status that an event tells of."""
        if self.types(task)[-1] == "task.deleted":
            return "CANCELLED"
        rows = [event["data"]["row"] for event in self.events(task) if event["data"]["row"]]
        return rows[-1]["status"] if rows else "CREATED"

    def settle(self, tasks, seconds):
        """Waits until every one of the tasks is at rest that does not wait on purpose."""
        left = {task for task in tasks if self.name(task) != WAITING}

        def rested():
            self.read()
            left.difference_update(
                {task for task in left
                 if self.events(task) and self.status(task) in AT_REST})
            return not left

        try:
            wait_for("nothing is under way", rested, seconds)
        except AssertionError as late:
            some = {task: self.types(task) for task in list(left)[:3]}
            raise AssertionError(f"{late}: {len(left)} tasks, such as {some}") from None


class Checker:
    """Each rule adds to `faults`, so that one run tells all that is wrong.

    `calls()` gives what the witness has seen so far. The server may be at work: what had been seen
    before the events were read must be told by them, and what they tell must be seen afterwards.
    """

    def __init__(self, history, calls):
        self.history = history
        self.calls = calls()
        history.read()
        self.later_calls = calls()
        self.faults = list(history.faults)

    def fault(self, text):
        self.faults.append(text)

    def promises_are_kept(self, promises):
        for promise in promises:
            versions = self.history.versions(promise.task)
            if not versions or versions[-1] < promise.version:
                self.fault(f"{promise.kind} task {promise.task} was acknowledged with version "
                           f"{promise.version}; the events end at {versions[-1:]}")

    def versions_have_no_gaps(self):
        for task in self.history.of_task:
            versions = self.history.versions(task)
            if versions != list(range(1, len(versions) + 1)):
                self.fault(f"versions of {task}: {versions}")

    def cancelled_tasks_stay_cancelled(self, promises):
        for promise in promises:
            if promise.kind != "cancelled" or not self.history.events(promise.task):
                continue
            types = self.history.types(promise.task)
            if "task.cancelled" not in types:
                self.fault(f"{promise.task} was cancelled, and its events do not say so")
                continue
            if "run.started" in types[types.index("task.cancelled"):]:
                self.fault(f"{promise.task} was started after its cancel: {types}")
            begun = self._begun(promise.task)
            for call in self._calls_of(promise.task):
                if call["at"] > promise.time and int(call["attempt"]) not in begun:
                    self.fault(f"{promise.task} was called after its cancel: {call}")

    def attempts_stay_within_their_budget(self):
        for task, events in self.history.of_task.items():
            retries, lost, most = 0, collections.Counter(), {}
            for event in events:
                definition, run = event["data"]["definition"], event["data"]["run"]
                if definition:
                    retries = max(retries, definition.get("maxRetries") or 0)
                if not run:
                    continue
                most[run["runId"]] = max(most.get(run["runId"], 0), run["attempt"])
                lost[run["runId"]] += run["attemptStatus"] == "LOST"
            for run, attempts in most.items():
                if attempts > 1 + retries + lost[run]:
                    self.fault(f"run {run}: {attempts} attempts, {lost[run]} of them lost, "
                               f"maxRetries {retries}")

    def slots_are_all_accounted_for(self, every_ms=1000):
        """Slots of the recurring tasks: one record each, from the first to the last."""
        for task, events in self.history.of_task.items():
            if (events[0]["data"]["definition"] or {}).get("every") != "PT1S":
                continue
            seconds = []
            for slot in (event["data"]["slot"] for event in events if event["data"]["slot"]):
                first = parse_instant(slot["first"]) * 1000
                seconds += [round((first + n * every_ms) / every_ms)
                            for n in range(slot["count"])]
            if sorted(seconds) != list(range(min(seconds, default=0),
                                             max(seconds, default=-1) + 1)):
                self.fault(f"slots of {task}: {sorted(seconds)}")

    def effects_are_explained(self):
        """Every call is of an attempt that began and came once; every completed run was seen."""
        seen = collections.Counter()
        for call in self.calls:
            seen[(call["run"], int(call["attempt"]))] += 1
            if call["key"] != call["run"]:
                self.fault(f"the key of {call['run']} is {call['key']}")
            if int(call["attempt"]) not in self._begun(call["task"]):
                self.fault(f"a call of an attempt that no event tells of: {call}")
        for attempt, times in seen.items():
            if times > 1:
                self.fault(f"attempt {attempt} was sent {times} times")

    def completed_calls_were_seen(self):
        seen = {(call["run"], int(call["attempt"])) for call in self.later_calls}
        for task, events in self.history.of_task.items():
            definition = events[0]["data"]["definition"] or {}
            if (definition.get("parameters") or {}).get("type") != "http":
                continue
            for event in events:
                run = event["data"]["run"]
                if event["type"] == "run.completed" and (
                        (run["runId"], run["attempt"]) not in seen):
                    self.fault(f"{task} completed {run['runId']} and nobody was called")

    def judge(self, promises):
        """All rules; raises with every fault found."""
        self.promises_are_kept(promises)
        self.versions_have_no_gaps()
        self.cancelled_tasks_stay_cancelled(promises)
        self.attempts_stay_within_their_budget()
        self.slots_are_all_accounted_for()
        self.effects_are_explained()
        self.completed_calls_were_seen()
        if self.faults:
            raise AssertionError(f"{len(self.faults)} faults:\n" + "\n".join(self.faults[:20]))

    def _begun(self, task):
        return {event["data"]["run"]["attempt"] for event in self.history.events(task)
                if event["type"] == "run.started"}

    def _calls_of(self, task):
        return [call for call in self.calls if call["task"] == task]
