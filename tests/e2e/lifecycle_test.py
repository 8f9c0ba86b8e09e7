#!/usr/bin/env python3
"""What a task lives through: every call in every status, retries, time-outs, workflows, pauses."""

import json
import time
import unittest

import harness
from harness import ServerTest
from rest_client import wait_for

HOUR = 3_600_000
STATUSES = ("CREATED", "SCHEDULED", "RUNNING", "COMPLETED", "FAILED", "PAUSED", "CANCELLED")
CALLS = ("schedule", "run", "pause", "resume", "retry", "cancel")

# The status after the call; None where the call is refused and changes nothing. "ran" stands for a
# run that has begun and may have ended by the time anybody looks.
AFTER_CALL = {
    "CREATED": {"schedule": "ran", "run": "ran", "cancel": "CANCELLED"},
    "SCHEDULED": {"schedule": "SCHEDULED", "run": "ran", "pause": "PAUSED", "resume": "SCHEDULED",
                  "cancel": "CANCELLED"},
    "RUNNING": {"pause": "RUNNING", "resume": "RUNNING", "cancel": "CANCELLED"},
    "PAUSED": {"run": "ran", "pause": "PAUSED", "resume": "SCHEDULED", "cancel": "CANCELLED"},
    "COMPLETED": {"schedule": "ran", "run": "ran"},
    "FAILED": {"schedule": "ran", "run": "ran", "retry": "ran", "cancel": "CANCELLED"},
    "CANCELLED": {"cancel": "CANCELLED"},
}
AFTER_PUT = {
    "CREATED": {"CREATED": "CREATED", "SCHEDULED": "ran", "RUNNING": "ran",
                "CANCELLED": "CANCELLED"},
    "SCHEDULED": {"SCHEDULED": "SCHEDULED", "RUNNING": "ran", "PAUSED": "PAUSED",
                  "CANCELLED": "CANCELLED"},
    "RUNNING": {"RUNNING": "RUNNING", "COMPLETED": "COMPLETED", "FAILED": "FAILED",
                "PAUSED": "RUNNING", "CANCELLED": "CANCELLED"},
    "PAUSED": {"SCHEDULED": "SCHEDULED", "RUNNING": "ran", "PAUSED": "PAUSED",
               "CANCELLED": "CANCELLED"},
    "COMPLETED": {"SCHEDULED": "ran", "RUNNING": "ran", "COMPLETED": "COMPLETED"},
    "FAILED": {"SCHEDULED": "ran", "RUNNING": "ran", "FAILED": "FAILED", "CANCELLED": "CANCELLED"},
    "CANCELLED": {"CANCELLED": "CANCELLED"},
}


def sleeping(milliseconds):
    return {"type": "sleep", "durationMs": milliseconds}


class StatusMachine(ServerTest):
    """Every call in every status, against the table of the interface."""

    def task_in(self, status):
        """A fresh task that has come to the status in the usual way."""
        create, act = self.client.create, self.client.act
        if status == "CREATED":
            return create()
        if status == "SCHEDULED":
            return create(schedule=True, every="PT1H")
        if status == "RUNNING":
            task = create(schedule=True, parameters=sleeping(HOUR))
            return self.client.await_status(task["id"], "RUNNING")
        if status == "PAUSED":
            return act(create(schedule=True, every="PT1H")["id"], "pause")
        if status == "CANCELLED":
            return act(create()["id"], "cancel")
        kind = {"COMPLETED": "noop", "FAILED": "fail"}[status]
        return self.client.await_status(
            create(schedule=True, parameters={"type": kind})["id"], status)

    def check(self, task, answer, expected):
        if expected is None:
            self.assertEqual(answer.status, 409, answer)
            self.assertIn(answer.code, ("illegal-transition", "run-active"))
            self.assertIn(task["status"] if answer.code == "illegal-transition" else "active",
                          answer.json["detail"])
            self.assertTrue(answer.json["hint"])
            after = self.client.task(task["id"])
            self.assertEqual((after["status"], after["version"]),
                             (task["status"], task["version"]))
            return
        self.assertEqual(answer.status, 200, answer)
        if expected == "ran":
            self.assertGreater(answer.json["version"], task["version"], answer)
            wait_for("a further run", lambda: len(self.client.runs(task["id"])) >
                     (1 if task["status"] in ("COMPLETED", "FAILED") else 0))
        else:
            self.assertEqual(answer.json["status"], expected, answer)

    def test_every_call_in_every_status(self):
        for status in STATUSES:
            for call in CALLS:
                with self.subTest(status=status, call=call):
                    task = self.task_in(status)
                    self.assertEqual(task["status"], status)
                    answer = self.client.post(f"/api/v1/tasks/{task['id']}/{call}")
                    self.check(task, answer, AFTER_CALL[status].get(call))

    def test_every_status_by_hand_in_every_status(self):
        for status in STATUSES:
            for wanted in STATUSES:
                with self.subTest(status=status, wanted=wanted):
                    task = self.task_in(status)
                    answer = self.client.call("PUT", f"/api/v1/tasks/{task['id']}/status",
                                              {"status": wanted})
                    self.check(task, answer, AFTER_PUT[status].get(wanted))

    def test_a_status_that_does_not_exist_is_an_invalid_value(self):
        task = self.task_in("CREATED")
        for status in ("DONE", "created", "", None):
            answer = self.client.call("PUT", f"/api/v1/tasks/{task['id']}/status",
                                      {"status": status})
            self.assertEqual(answer.status, 422, answer)

    def test_a_result_given_by_hand_is_kept(self):
        task = self.task_in("RUNNING")
        done = self.client.ok("PUT", f"/api/v1/tasks/{task['id']}/status",
                              {"status": "COMPLETED", "executionResult": "by hand"})
        self.assertEqual(json.loads(done["executionResult"]), "by hand")
        failed = self.client.ok("PUT", f"/api/v1/tasks/{self.task_in('RUNNING')['id']}/status",
                                {"status": "FAILED", "errorMessage": "power was cut"})
        self.assertEqual(failed["errorMessage"], "power was cut")

    def test_a_recurring_task_returns_to_scheduled_whatever_the_outcome(self):
        task = self.client.create(schedule=True, every="PT1S", parameters={"type": "fail"})
        failed = wait_for("a failed run", lambda: (lambda seen: seen["lastRun"] and
                          seen["lastRun"]["status"] == "FAILED" and seen)(
                              self.client.task(task["id"])))
        self.assertEqual(failed["status"], "SCHEDULED")
        self.assertEqual(failed["errorMessage"], "This task fails on purpose.")
        self.assertIsNotNone(failed["nextExecutionTime"])
        self.client.act(task["id"], "cancel")

    def test_a_recurring_task_with_pause_on_failure_pauses(self):
        task = self.client.create(schedule=True, every="PT1S", parameters={"type": "fail"},
                                  pauseOnFailure=True)
        self.client.await_status(task["id"], "PAUSED")

    def test_a_schedule_without_a_further_slot_completes_the_task(self):
        task = self.client.create(schedule=True, every="PT1S", maxRuns=2)
        self.client.await_status(task["id"], "COMPLETED")
        self.assertEqual(len(self.client.runs(task["id"])), 2)


class Retries(ServerTest):
    """How often, when, and with which budget."""

    def test_a_task_that_fails_twice_completes_with_the_third_attempt(self):
        task = self.client.create(schedule=True, maxRetries=3, retryDelayMs=100,
                                  parameters={"type": "fail", "failTimes": 2})
        done = self.client.await_status(task["id"], "COMPLETED", "FAILED")
        self.assertEqual((done["status"], done["currentRetries"], done["retryCount"],
                          done["lastRun"]["attempts"]), ("COMPLETED", 2, 2, 3))
        events = [event for event in self.client.events() if event["subject"] == task["id"]]
        self.assert_delays_kept(events, 0.1)

    def assert_delays_kept(self, events, seconds):
        """From the end of an attempt to the start of the next passes at least the delay."""
        ended = None
        for event in events:
            at = harness.parse_instant(event["time"])
            if event["type"] == "run.retrying":
                ended = at
            elif event["type"] == "run.started" and ended is not None:
                self.assertGreaterEqual(at - ended, seconds - 0.001, event)

    def test_spent_retries_end_as_failed_and_a_retry_gives_a_fresh_budget(self):
        task = self.client.create(schedule=True, maxRetries=2, retryDelayMs=20,
                                  parameters={"type": "fail"})
        failed = self.client.await_status(task["id"], "FAILED")
        self.assertEqual((failed["lastRun"]["attempts"], failed["currentRetries"],
                          failed["retryCount"]), (3, 2, 2))
        self.assertEqual(failed["errorMessage"], "This task fails on purpose.")
        again = self.client.act(task["id"], "retry")
        self.assertEqual((again["retryCount"], again["currentRetries"]), (3, 0))
        wait_for("the second run has spent its retries too", lambda: [
            (run["status"], run["attempt"]) for run in self.client.runs(task["id"])] ==
            [("FAILED", 3)] * 2)
        self.assertEqual(self.client.task(task["id"])["retryCount"], 5)

    def test_a_fault_that_no_retry_helps_ends_the_run_at_once(self):
        task = self.client.create(schedule=True, maxRetries=5, retryDelayMs=10,
                                  parameters={"type": "fail", "retryable": False})
        failed = self.client.await_status(task["id"], "FAILED")
        self.assertEqual(failed["lastRun"]["attempts"], 1)

    def test_a_pending_retry_is_scheduled_with_its_time(self):
        task = self.client.create(schedule=True, maxRetries=1, retryDelayMs=HOUR,
                                  parameters={"type": "fail"})
        waiting = wait_for("the retry waits", lambda: (lambda seen: seen["lastRun"] and
                           seen["lastRun"]["status"] == "RETRYING" and seen)(
                               self.client.task(task["id"])))
        self.assertEqual(waiting["status"], "SCHEDULED")
        wait = harness.parse_instant(waiting["nextExecutionTime"]) - time.time()
        self.assertTrue(0 < wait <= HOUR / 1000, wait)
        self.assertEqual(self.client.act(task["id"], "cancel")["status"], "CANCELLED")

    def test_an_http_task_reaches_the_witness_with_one_key_per_run(self):
        witness = harness.Witness()
        self.addCleanup(witness.close)
        task = self.client.create(schedule=True, maxRetries=2, retryDelayMs=10, parameters={
            "type": "http", "method": "POST", "url": f"{witness.url}/hook", "body": {"n": 1},
            "expectedStatus": [201], "retryableStatus": [200]})
        failed = self.client.await_status(task["id"], "FAILED")
        self.assertEqual(failed["lastRun"]["attempts"], 3)
        self.assertEqual([call["attempt"] for call in witness.calls], ["1", "2", "3"])
        self.assertEqual(len({call["key"] for call in witness.calls}), 1)
        self.assertEqual(json.loads(witness.calls[0]["body"]), {"n": 1})


class Timeouts(ServerTest):
    """What ends work that lasts too long."""

    def test_an_attempt_beyond_its_time_is_timed_out(self):
        task = self.client.create(schedule=True, parameters=sleeping(HOUR),
                                  timeouts={"attemptMs": 200})
        failed = self.client.await_status(task["id"], "FAILED")
        self.assertTrue(failed["errorMessage"])
        run = self.client.ok("GET", f"/api/v1/runs/{failed['lastRun']['runId']}")
        self.assertEqual((run["status"], run["attemptStatus"]), ("FAILED", "TIMED_OUT"))

    def test_a_cancelled_run_stops_and_the_task_is_cancelled_at_once(self):
        task = self.client.create(schedule=True, parameters={
            "type": "command", "argv": ["/bin/sleep", "3600"]})
        self.client.await_status(task["id"], "RUNNING")
        answer = self.client.act(task["id"], "cancel", {"reason": "no longer needed"})
        self.assertEqual(answer["status"], "CANCELLED")
        run = self.client.ok("GET", f"/api/v1/runs/{answer['lastRun']['runId']}")
        self.assertEqual(run["status"], "CANCELLED")
        self.assert_executors_idle()

    def test_a_cancelled_sleep_gives_its_thread_back(self):
        task = self.client.create(schedule=True, parameters=sleeping(HOUR))
        self.client.await_status(task["id"], "RUNNING")
        self.client.act(task["id"], "cancel")
        self.assert_executors_idle()

    def assert_executors_idle(self):
        wait_for("no executor holds an attempt", lambda: b"\ncarillon_executor_attempts 0\n" in
                 self.client.get("/metrics").body)


class Workflows(ServerTest):
    """Steps that wait for each other and pass data on."""

    def workflow(self, *steps):
        return self.client.create(schedule=True, parameters={"type": "workflow",
                                                             "steps": list(steps)})

    def test_a_diamond_passes_results_on_and_completes(self):
        rows = {"type": "data_processing", "rows": [{"n": 20}, {"n": 22}],
                "sql": "SELECT sum(n) AS total FROM input"}
        witness = harness.Witness()
        self.addCleanup(witness.close)
        seen = {"total": "{{inputs.b.sleptMs}} and {{inputs.c.sleptMs}}"}
        task = self.workflow(
            {"name": "a", "parameters": rows},
            {"name": "b", "dependsOn": ["a"], "parameters": sleeping(30)},
            {"name": "c", "dependsOn": ["a"], "parameters": sleeping(40)},
            {"name": "d", "dependsOn": ["b", "c"],
             "parameters": {"type": "http", "method": "POST", "url": witness.url, "body": seen}})
        done = self.client.await_status(task["id"], *harness.ENDED)
        self.assertEqual(done["status"], "COMPLETED", done["errorMessage"])
        result = json.loads(done["executionResult"])
        self.assertEqual(result["steps"], dict.fromkeys("abcd", "COMPLETED"))
        self.assertIn("42", json.dumps(result["results"]["a"]))
        self.assertEqual([json.loads(call["body"]) for call in witness.calls],
                         [{"total": "30 and 40"}])

    def test_the_first_failed_step_ends_the_workflow(self):
        task = self.workflow(
            {"name": "good", "parameters": {"type": "noop"}},
            {"name": "bad", "dependsOn": ["good"], "parameters": {"type": "fail"}},
            {"name": "slow", "dependsOn": ["good"], "parameters": sleeping(HOUR)},
            {"name": "never", "dependsOn": ["bad"], "parameters": {"type": "noop"}})
        failed = self.client.await_status(task["id"], *harness.ENDED)
        self.assertEqual(failed["status"], "FAILED", failed)
        self.assertIn("bad", failed["errorMessage"])
        steps = {item["parent"]["step"]: item["status"] for item in self.client.items(
            f"/api/v1/tasks?filter=parent:{failed['lastRun']['runId']}")}
        self.assertEqual(steps, {"good": "COMPLETED", "bad": "FAILED", "slow": "CANCELLED"})

    def test_a_cancel_reaches_the_running_steps(self):
        task = self.workflow({"name": "one", "parameters": sleeping(HOUR)},
                             {"name": "two", "dependsOn": ["one"]})
        run = self.client.await_status(task["id"], "RUNNING")["lastRun"]["runId"]
        path = f"/api/v1/tasks?filter=parent:{run}"
        wait_for("the step runs", lambda: [item["status"] for item in self.client.items(path)] ==
                 ["RUNNING"])
        self.assertEqual(self.client.act(task["id"], "cancel")["status"], "CANCELLED")
        wait_for("the step is cancelled", lambda: [
            item["status"] for item in self.client.items(path)] == ["CANCELLED"])

    def test_a_graph_with_a_circle_is_refused(self):
        answer = self.client.post("/api/v1/tasks", {"name": "x", "parameters": {
            "type": "workflow", "steps": [{"name": "a", "dependsOn": ["b"]},
                                          {"name": "b", "dependsOn": ["a"]}]}})
        self.assert_problem(answer, 422, "workflow-invalid")


class Reports(ServerTest):
    """What the type `report` tells."""

    def test_the_busiest_tasks_are_those_that_ran_most(self):
        busy = self.client.create(schedule=True, name="busy", parameters={"type": "noop"})["id"]
        self.client.await_status(busy, "COMPLETED")
        self.client.act(busy, "run")
        flaky = self.client.create(schedule=True, name="flaky", maxRetries=1, retryDelayMs=1,
                                   parameters={"type": "fail", "failTimes": 1})["id"]
        self.client.await_status(flaky, "COMPLETED")
        wait_for("two runs of the busy one", lambda: [
            run["status"] for run in self.client.runs(busy)] == ["COMPLETED", "COMPLETED"])
        report = self.client.create(schedule=True, parameters={"type": "report"})["id"]
        seen = json.loads(self.client.await_status(report, "COMPLETED")["executionResult"])
        figures = {task["name"]: (task["type"], task["completed"], task["failed"], task["retries"])
                   for task in seen["busiest"]}
        self.assertEqual(seen["busiest"][0]["name"], "busy")
        self.assertEqual(figures["busy"], ("noop", 2, 0, 0))
        self.assertEqual(figures["flaky"], ("fail", 1, 0, 1))
        self.assertEqual(seen["runs"]["retries"], 1)


class Pauses(ServerTest):
    """What becomes of slots while nobody wants them."""

    def test_slots_of_a_pause_are_one_skipped_range(self):
        task = self.client.create(schedule=True, every="PT1S")
        wait_for("a first run", lambda: self.client.runs(task["id"]))
        paused = wait_for("paused between two runs", lambda: (lambda seen: seen["status"] ==
                          "PAUSED" and seen)(self.client.act(task["id"], "pause")))
        since = harness.parse_instant(paused["updatedAt"])
        runs = len(self.client.runs(task["id"]))
        wait_for("three slots have passed", lambda: time.time() > since + 3.2)
        self.assertEqual(len(self.client.runs(task["id"])), runs)
        self.client.act(task["id"], "resume")
        skipped = wait_for("the range", lambda: [
            slot for slot in self.client.items(f"/api/v1/tasks/{task['id']}/slots")
            if slot["disposition"] == "SKIPPED_PAUSED"])
        self.assertEqual(len(skipped), 1)
        self.assertGreaterEqual(skipped[0]["count"], 3)
        wait_for("runs go on", lambda: len(self.client.runs(task["id"])) > runs)
        self.client.act(task["id"], "cancel")
        self.assert_every_second_once(task["id"])

    def assert_every_second_once(self, task_id):
        """The ledger names every second between the first and the last slot exactly once."""
        seconds = []
        for slot in self.client.items(f"/api/v1/tasks/{task_id}/slots"):
            if slot["disposition"] in ("WAITING", "BUFFERED"):
                continue
            first = harness.parse_instant(slot["first"])
            seconds += [round(first + step) for step in range(slot["count"])]
        seconds.sort()
        self.assertEqual(seconds, list(range(seconds[0], seconds[-1] + 1)))

    def test_the_slot_of_a_one_shot_is_kept_over_a_pause(self):
        task = self.client.create(schedule=True)
        later = self.client.create()
        self.client.act(later["id"], "schedule", {"delayMs": 300})
        self.client.act(later["id"], "pause")
        self.client.await_status(task["id"], "COMPLETED")
        due = harness.parse_instant(later["createdAt"]) + 1
        wait_for("its time has passed", lambda: time.time() > due)
        self.assertEqual(self.client.runs(later["id"]), [])
        self.client.act(later["id"], "resume")
        self.client.await_status(later["id"], "COMPLETED")

    def test_an_overlapping_slot_is_skipped_and_recorded(self):
        task = self.client.create(schedule=True, every="PT1S", parameters=sleeping(2500))
        slots = wait_for("a skipped slot", lambda: [
            slot for slot in self.client.items(f"/api/v1/tasks/{task['id']}/slots")
            if slot["disposition"] == "SKIPPED_OVERLAP"])
        self.assertTrue(slots[0]["reason"])
        self.client.act(task["id"], "cancel")


if __name__ == "__main__":
    unittest.main(verbosity=2)
