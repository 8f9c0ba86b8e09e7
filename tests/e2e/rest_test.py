#!/usr/bin/env python3
"""Every REST call of the specification and of stage 1, sent to the real binary."""

import json
import re
import threading
import unittest
import urllib.parse

import harness
from harness import PROJECT, ServerTest
from rest_client import JSON_TYPE, Stream, raw_exchange, wait_for

# The bodies of the specification, as they are typed there.
SPECIFIED_TASK = """{
    "name": "Sample Task",
    "description": "A sample task for testing",
    "cronExpression": "0 */5 * * * *",
    "parameters": {"type": "data_processing"},
    "createdBy": "user1",
    "maxRetries": 3,
    "retryDelayMs": 5000
  }"""
SPECIFIED_FIELDS = {"id", "name", "description", "status", "cronExpression", "nextExecutionTime",
                    "createdAt", "updatedAt", "parameters", "createdBy", "assignedTo", "retryCount",
                    "currentRetries", "maxRetries", "retryDelayMs", "executionResult",
                    "errorMessage"}
OUR_FIELDS = set("""version timeZone cronDialect every runAt startAt endAt crons maxRuns overlap
    bufferLimit misfire misfireAfterMs catchUpLimit catchUpWindowMs dstGap dstOverlap jitterMs
    calendars queue priority tags timeouts retry onLost pauseOnFailure lastRun pausedReason
    warnings""".split())
NOBODY = "019a1b2c-0000-7000-8000-000000000001"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MIB = 1 << 20


class SpecificationCalls(ServerTest):
    """The calls under /api/tasks, word for word."""

    def create(self):
        answer = self.client.post("/api/tasks", SPECIFIED_TASK)
        self.assertEqual(answer.status, 201, answer)
        return answer

    def test_a_created_task_is_answered_whole_with_its_address(self):
        answer = self.create()
        task = answer.json
        self.assertEqual(answer.headers["Location"], f"/api/v1/tasks/{task['id']}")
        self.assertLessEqual(SPECIFIED_FIELDS | OUR_FIELDS, set(task))
        self.assertEqual(task["status"], "CREATED")
        self.assertIsNone(task["nextExecutionTime"])
        for member, value in json.loads(SPECIFIED_TASK).items():
            self.assertEqual(task[member], value)
        self.assertRegex(task["createdAt"], INSTANT)
        self.assertRegex(task["id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]")

    def test_a_task_is_read_back_as_it_was_answered(self):
        task = self.create().json
        for base in ("/api/tasks", "/api/v1/tasks"):
            answer = self.client.get(f"{base}/{task['id']}")
            self.assertEqual((answer.status, answer.json), (200, task))

    def test_the_status_is_a_short_form_of_the_task(self):
        task = self.create().json
        answer = self.client.get(f"/api/tasks/{task['id']}/status")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json, {"id": task["id"], "status": "CREATED", "currentRetries": 0,
                                       "nextExecutionTime": None, "lastRun": None})

    def test_scheduling_without_a_body_arms_by_the_cron(self):
        task = self.create().json
        answer = self.client.call("POST", f"/api/tasks/{task['id']}/schedule")
        self.assertEqual((answer.status, answer.json["status"]), (200, "SCHEDULED"), answer)
        minute = int(answer.json["nextExecutionTime"][14:16])
        self.assertEqual((minute % 5, answer.json["nextExecutionTime"][17:]), (0, "00.000Z"))

    def test_scheduling_at_an_instant_or_after_a_delay_runs_once_then(self):
        task = self.client.create()
        at = self.client.act(task["id"], "schedule", {"runAt": "2030-01-01T08:00:00Z"})
        self.assertEqual(at["nextExecutionTime"], "2030-01-01T08:00:00.000Z")
        soon = self.client.create()
        self.client.act(soon["id"], "schedule", {"delayMs": 50})
        self.assertEqual(self.client.await_status(soon["id"], "COMPLETED")["status"], "COMPLETED")

    def test_scheduling_a_task_without_a_schedule_runs_it_once_and_now(self):
        task = self.client.create()
        self.client.act(task["id"], "schedule")
        self.client.await_status(task["id"], "COMPLETED")
        self.assertEqual(len(self.client.runs(task["id"])), 1)

    def test_creation_with_schedule_arms_in_the_same_step(self):
        answer = self.client.post("/api/tasks?schedule=true", SPECIFIED_TASK)
        self.assertEqual((answer.status, answer.json["status"]), (201, "SCHEDULED"), answer)
        self.assertIsNotNone(answer.json["nextExecutionTime"])

    def test_a_status_is_changed_by_hand(self):
        task = self.client.create(json.loads(SPECIFIED_TASK), schedule=True)
        answer = self.client.call("PUT", f"/api/tasks/{task['id']}/status",
                                  {"status": "PAUSED", "reason": "maintenance"})
        self.assertEqual((answer.status, answer.json["status"]), (200, "PAUSED"), answer)
        self.assertEqual(answer.json["pausedReason"], "maintenance")

    def test_a_failed_task_is_retried(self):
        task = self.client.create(schedule=True, parameters={"type": "fail"})
        self.client.await_status(task["id"], "FAILED")
        answer = self.client.post(f"/api/tasks/{task['id']}/retry")
        self.assertEqual((answer.status, answer.json["retryCount"]), (200, 1), answer)
        wait_for("two failed runs", lambda: len(
            [run for run in self.client.runs(task["id"]) if run["status"] == "FAILED"]) == 2)

    def test_a_cancel_can_be_repeated_and_a_completed_task_refuses_it(self):
        task = self.create().json
        for _ in range(2):
            answer = self.client.post(f"/api/tasks/{task['id']}/cancel")
            self.assertEqual((answer.status, answer.json["status"]), (200, "CANCELLED"), answer)
        done = self.client.create(schedule=True)
        self.client.await_status(done["id"], "COMPLETED")
        answer = self.client.post(f"/api/tasks/{done['id']}/cancel")
        self.assert_problem(answer, 409, "illegal-transition")

    def test_every_type_that_needs_no_parameter_runs_with_only_its_type(self):
        types = ["data_processing", "notification", "cleanup", "report", "noop", "sleep"]
        tasks = {name: self.client.create(schedule=True, parameters={"type": name})
                 for name in types}
        for name, task in tasks.items():
            with self.subTest(type=name):
                ended = self.client.await_status(task["id"], *harness.ENDED)
                self.assertEqual(ended["status"], "COMPLETED", ended["errorMessage"])
                json.loads(ended["executionResult"])

    def test_parameters_are_kept_exactly(self):
        body = {"int64": 9223372036854775807, "least": -9223372036854775808,
                "text": "naïve 日本 \U0001f514 \" \\ \u0000 \n", "deep": {"a": [1, {"b": None}]},
                "": "empty name", "truth": [True, False]}
        parameters = {"type": "http", "url": "http://127.0.0.1:1/", "body": body}
        task = self.client.create(parameters=parameters)
        self.assertEqual(self.client.task(task["id"])["parameters"], parameters)


class Changes(ServerTest):
    """PATCH, DELETE and the headers that guard them."""

    def test_a_merge_patch_sets_and_clears(self):
        task = self.client.create(description="old", tags=["a"], maxRetries=2)
        changed = self.client.ok("PATCH", f"/api/v1/tasks/{task['id']}",
                                 {"description": None, "maxRetries": None, "tags": ["b"],
                                  "retry": {"backoff": "exponential"}},
                                 {"Content-Type": "application/merge-patch+json"})
        self.assertEqual((changed["description"], changed["maxRetries"], changed["tags"]),
                         (None, 0, ["b"]))
        self.assertEqual(changed["retry"]["backoff"], "exponential")
        self.assertEqual(changed["retry"]["jitter"], "none")
        self.assertGreater(changed["version"], task["version"])

    def test_an_outdated_if_match_changes_nothing(self):
        task = self.client.create()
        path = f"/api/v1/tasks/{task['id']}"
        first = self.client.call("PATCH", path, {"name": "two"},
                                 {"If-Match": f'"{task["version"]}"'})
        self.assertEqual(first.status, 200, first)
        for method, body in (("PATCH", {"name": "three"}), ("DELETE", None)):
            late = self.client.call(method, path, body, {"If-Match": f'"{task["version"]}"'})
            self.assert_problem(late, 412, "version-mismatch")
        self.assertEqual(self.client.task(task["id"])["name"], "two")

    def test_an_etag_spares_the_body(self):
        task = self.client.create()
        path = f"/api/v1/tasks/{task['id']}"
        etag = self.client.get(path).headers["ETag"]
        same = self.client.get(path, If_None_Match=etag)
        self.assertEqual((same.status, same.body), (304, b""))
        self.client.ok("PATCH", path, {"description": "changed"})
        self.assertEqual(self.client.get(path, If_None_Match=etag).status, 200)

    def test_a_changed_schedule_of_an_armed_task_counts_at_once(self):
        task = self.client.create(schedule=True, cronExpression="0 0 0 1 1 *")
        self.client.ok("PATCH", f"/api/v1/tasks/{task['id']}",
                       {"cronExpression": None, "every": "PT1S"})
        wait_for("a run by the new schedule", lambda: self.client.runs(task["id"]))

    def test_a_deleted_task_is_gone(self):
        task = self.client.create()
        answer = self.client.call("DELETE", f"/api/v1/tasks/{task['id']}")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_problem(self.client.get(f"/api/v1/tasks/{task['id']}"), 404, "not-found")
        wait_for("the list forgets it", lambda: task["id"] not in {
            item["id"] for item in self.client.items("/api/v1/tasks")})

    def test_the_same_key_and_body_give_the_first_answer_again(self):
        body = json.dumps({"name": "once", "tags": ["idempotent"]})
        first = self.client.post("/api/v1/tasks", body, Idempotency_Key="order-1")
        again = self.client.post("/api/v1/tasks", body, Idempotency_Key="order-1")
        self.assertEqual((first.status, again.status), (201, 201), again)
        self.assertEqual(again.json["id"], first.json["id"])
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertIsNone(first.headers["Idempotency-Replayed"])
        other = self.client.post("/api/v1/tasks", {"name": "other"}, Idempotency_Key="order-1")
        self.assert_problem(other, 422, "idempotency-key-reused")

    def test_a_run_with_a_repeated_key_happens_once(self):
        task = self.client.create()
        for _ in range(3):
            answer = self.client.post(f"/api/v1/tasks/{task['id']}/run", {},
                                      Idempotency_Key="run-once")
            self.assertEqual(answer.status, 200, answer)
        wait_for("the run ends", lambda: any(run["status"] == "COMPLETED"
                                             for run in self.client.runs(task["id"])))
        self.assertEqual(len(self.client.runs(task["id"])), 1)

    def test_one_of_many_equal_keys_at_once_creates(self):
        answers = []

        def post():
            answers.append(self.client.post("/api/v1/tasks", {"name": "race"},
                                            Idempotency_Key="race-1"))

        threads = [threading.Thread(target=post) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual({answer.status for answer in answers}, {201, 409}, answers)
        self.assertEqual(len({answer.json["id"] for answer in answers if answer.status == 201}), 1)

    def test_a_batch_is_all_or_each(self):
        items = [{"name": "good"}, {"name": "bad", "cronExpression": "nonsense"}, {"name": "fine"}]
        before = len(self.client.items("/api/v1/tasks"))
        refused = self.client.post("/api/v1/tasks:batch", {"tasks": items})
        self.assertEqual(refused.status, 422, refused)
        self.assertIn("/tasks/1/cronExpression",
                      [fault["pointer"] for fault in refused.json["errors"]])
        self.assertEqual(len(self.client.items("/api/v1/tasks")), before)
        each = self.client.post("/api/v1/tasks:batch?mode=each", {"tasks": items})
        self.assertEqual((each.status, each.json["created"], each.json["failed"]), (200, 2, 1))
        self.assertEqual(len(each.json["items"]), 3)
        every = self.client.post("/api/v1/tasks:batch", [{"name": "one"}, {"name": "two"}])
        self.assertEqual((every.status, every.json["created"]), (201, 2), every)

    def test_a_batch_takes_a_thousand_and_no_more(self):
        full = [{"name": f"t{number}"} for number in range(1000)]
        self.assertEqual(self.client.ok("POST", "/api/v1/tasks:batch", full)["created"], 1000)
        self.assert_problem(self.client.post("/api/v1/tasks:batch", full + [{"name": "more"}]),
                            422, "batch-too-large")


class Reading(ServerTest):
    """Lists, history and streams."""

    def test_no_page_loses_or_doubles_a_task_while_tasks_are_added(self):
        old = [item["task"]["id"] if "task" in item else item["id"] for item in self.client.ok(
            "POST", "/api/v1/tasks:batch",
            [{"name": f"p{number}", "tags": ["walk"]} for number in range(200)])["items"]]
        stop = threading.Event()

        def add():
            while not stop.is_set():
                self.client.create(name="late", tags=["walk"])

        wait_for("the list has all", lambda: len(
            self.client.items("/api/v1/tasks?filter=tag:walk")) == 200)
        adder = threading.Thread(target=add)
        adder.start()
        try:
            for order in ("createdAt%20desc", "createdAt%20asc", "name%20asc"):
                walked = [item["id"] for item in self.client.items(
                    f"/api/v1/tasks?filter=tag:walk&orderBy={order}", page_size=7)]
                self.assertEqual(len(walked), len(set(walked)), order)
                self.assertLessEqual(set(old), set(walked), order)
        finally:
            stop.set()
            adder.join()

    def test_a_filter_narrows_and_an_unknown_key_is_refused_with_a_hint(self):
        one = self.client.create(name="nightly etl", tags=["etl"],
                                 parameters={"type": "http", "url": "http://127.0.0.1:1/",
                                             "body": {"region": "eu"}})
        self.client.create(name="nightly other")
        for text in ("tag:etl", 'name~"etl"', "param.body.region:eu", "type:http status:created",
                     "tag:etl created>-24h"):
            wait_for(f"{text} finds it", lambda text=text: [one["id"]] == [
                item["id"] for item in self.client.ok(
                    "GET", f"/api/v1/tasks?filter={_quoted(text)}")["items"]])
        problem = self.assert_problem(
            self.client.get("/api/v1/tasks?filter=stauts:failed"), 400, "unknown-filter-key")
        self.assertIn("status", problem["hint"] + problem["detail"])
        mixed = self.client.get(f"/api/v1/tasks?filter={_quoted('a OR b c')}")
        self.assert_problem(mixed, 400, "bad-filter")

    def test_a_foreign_or_reused_page_token_is_refused(self):
        self.client.ok("POST", "/api/v1/tasks:batch", [{"name": "x"}, {"name": "y"}])
        self.assert_problem(self.client.get("/api/v1/tasks?pageToken=AAAA"), 400, "bad-page-token")
        token = wait_for("a second page", lambda: self.client.ok(
            "GET", "/api/v1/tasks?pageSize=1")["nextPageToken"])
        self.assert_problem(self.client.get(f"/api/v1/tasks?pageToken={token}&filter=other"),
                            400, "bad-page-token")

    def test_page_sizes_are_coerced(self):
        self.assertEqual(self.client.get("/api/v1/tasks?pageSize=0").status, 200)
        self.assertEqual(self.client.get("/api/v1/tasks?pageSize=100000").status, 200)

    def test_a_run_its_log_its_events_and_its_slot_can_be_read(self):
        task = self.client.create(schedule=True, parameters={
            "type": "command", "argv": ["/bin/sh", "-c", "echo one; echo two >&2; echo three"]})
        ended = self.client.await_status(task["id"], *harness.ENDED)
        self.assertEqual(ended["status"], "COMPLETED", ended["errorMessage"])
        run_id = ended["lastRun"]["runId"]
        run = wait_for("the run is listed as completed", lambda: next(
            (run for run in self.client.runs(task["id"]) if run["status"] == "COMPLETED"), None))
        self.assertEqual(self.client.ok("GET", f"/api/v1/runs/{run_id}"), run)
        self.assertIn(run_id, [item["runId"] for item in self.client.ok(
            "GET", f"/api/v1/runs?task={task['id']}")["items"]])
        lines = wait_for("all lines", lambda: (lambda items: len(items) >= 3 and items)(
            self.client.ok("GET", f"/api/v1/runs/{run_id}/logs")["items"]))
        self.assertLessEqual({("stdout", "one"), ("stderr", "two"), ("stdout", "three")},
                             {(line["stream"], line["text"]) for line in lines})
        events = self.client.items(f"/api/v1/tasks/{task['id']}/events")
        versions = [event["version"] for event in reversed(events)]
        self.assertEqual(versions, list(range(1, len(versions) + 1)))
        slots = self.client.items(f"/api/v1/tasks/{task['id']}/slots")
        self.assertEqual([(slot["disposition"], slot["runId"]) for slot in slots],
                         [("STARTED", run_id)])

    def test_a_stream_resumes_behind_the_last_event(self):
        tasks = [self.client.create(name=f"event {number}") for number in range(6)]
        first = Stream(self.server.port, "/api/v1/events/stream?after=0")
        head = first.take(3)
        first.close()
        resumed = Stream(self.server.port, "/api/v1/events/stream",
                         {"Last-Event-ID": head[-1]["id"]})
        self.addCleanup(resumed.close)
        last = None
        seen = list(head)
        for event in resumed:
            seen.append(event)
            last = json.loads(event["data"]).get("task")
            if last == tasks[-1]["id"]:
                break
        positions = [int(event["id"]) for event in seen]
        whole = [event["position"] for event in self.client.events()]
        self.assertEqual(positions, whole[:len(positions)])

    def test_a_stream_tells_what_happens_from_now_on(self):
        stream = Stream(self.server.port, "/api/v1/events/stream")
        self.addCleanup(stream.close)
        task = self.client.create(name="live")
        event = stream.take(1)[0]
        self.assertEqual((event["event"], json.loads(event["data"])["task"]),
                         ("task.created", task["id"]))

    def test_events_are_pages_of_cloud_events(self):
        self.client.create()
        page = self.client.ok("GET", "/api/v1/events?topic=task-events&after=0&limit=1")
        self.assertEqual(page["items"][0]["specversion"], "1.0")
        self.assertEqual(page["nextAfter"], page["items"][-1]["position"])
        for topic in ("task-requests", "scheduled-tasks", "task-execution", "workflow-events",
                      "task-responses", "task-notifications"):
            self.assertEqual(self.client.get(f"/api/v1/events?topic={topic}").status, 200, topic)


class Refusals(ServerTest):
    """What a client may get wrong, and what it is told."""

    def test_an_unknown_id_and_a_malformed_one_are_not_found(self):
        for path in (f"/api/tasks/{NOBODY}", "/api/tasks/zzz", f"/api/v1/runs/{NOBODY}.1",
                     "/api/v1/runs/zzz", f"/api/tasks/{NOBODY}/status", "/api/nothing", "/nothing"):
            self.assert_problem(self.client.get(path), 404, "not-found")
        for verb in ("schedule", "retry", "cancel", "pause", "resume", "run"):
            self.assert_problem(self.client.post(f"/api/tasks/{NOBODY}/{verb}"), 404, "not-found")

    def test_a_wrong_method_is_told_the_right_ones(self):
        for method, path, allowed in (("DELETE", "/api/v1/tasks", "POST"),
                                      ("GET", f"/api/tasks/{NOBODY}/cancel", "POST"),
                                      ("POST", f"/api/tasks/{NOBODY}/status", "PUT"),
                                      ("POST", f"/api/tasks/{NOBODY}", "PATCH")):
            answer = self.client.call(method, path)
            self.assert_problem(answer, 405, "method-not-allowed")
            self.assertIn(allowed, answer.headers["Allow"])

    def test_a_body_that_is_not_json_is_refused_by_its_type(self):
        self.assert_problem(self.client.call("POST", "/api/tasks", '{"name":"x"}',
                                             {"Content-Type": "text/plain"}),
                            415, "unsupported-media-type")

    def test_bad_json_says_line_and_column(self):
        problem = self.assert_problem(self.client.post("/api/tasks", '{\n  "name": nope}'),
                                      400, "malformed-json")
        self.assertRegex(problem["detail"], r"line 2, column \d+")

    def test_hostile_json_is_refused(self):
        nested = '{"name":"x","parameters":{"a":' + "[" * 10000 + "]" * 10000 + "}}"
        bodies = {"10,000 deep": nested, "no end": "[" * 10000,
                  "a key twice": '{"name":"x","name":"y"}',
                  "a key twice, inside": '{"name":"x","parameters":{"a":1,"a":2}}',
                  "escaped key twice": '{"name":"x","n\\u0061me":"y"}',
                  "invalid UTF-8": b'{"name":"\xff\xfe"}', "lone surrogate": '{"name":"\\ud800"}',
                  "overlong": b'{"name":"\xc0\xaf"}',
                  "number too large": '{"name":"x","maxRetries":1e999}',
                  "two values": '{"name":"x"}{}', "nothing": "", "NaN": '{"name":NaN}'}
        for what, body in bodies.items():
            with self.subTest(what=what):
                self.assert_problem(self.client.post("/api/tasks", body), 400, "malformed-json")

    def test_an_unknown_field_is_refused_with_the_nearest_name(self):
        problem = self.assert_problem(
            self.client.post("/api/tasks", {"name": "x", "cronExpresion": "0 * * * * *"}),
            422, "unknown-field")
        self.assertIn("cronExpression", problem["hint"])
        self.assertEqual(problem["errors"][0]["pointer"], "/cronExpresion")

    def test_wrong_values_are_named_one_by_one(self):
        # What has the wrong shape is told first, what is out of bounds once the shape is right.
        for definition in ({"name": 7, "overlap": "sometimes", "tags": "etl"},
                           {"name": "x", "maxRetries": 1001, "retryDelayMs": -1, "priority": 10}):
            answer = self.client.post("/api/tasks", definition)
            self.assertEqual(answer.status, 422, answer)
            self.assertLessEqual({f"/{name}" for name in definition} - {"/name"},
                                 {fault["pointer"] for fault in answer.json["errors"]})

    def test_a_fault_of_a_parameter_points_at_it(self):
        problem = self.assert_problem(
            self.client.post("/api/tasks", {"name": "x", "parameters": {"type": "sleep",
                                                                        "durationms": 5}}),
            422, "unknown-field")
        self.assertEqual(problem["errors"][0]["pointer"], "/parameters/durationms")

    def test_other_faults_have_codes_of_their_own(self):
        for definition, code in (
                ({}, "missing-field"),
                ({"name": "x", "parameters": {"type": "htpp"}}, "unknown-task-type"),
                ({"name": "x", "parameters": {"type": "http"}}, "missing-field"),
                ({"name": "x", "cronExpression": "* * *"}, "cron-field-count"),
                ({"name": "x", "cronExpression": "0 61 * * * *"}, "cron-value-range"),
                ({"name": "x", "cronExpression": "0 0 0 30 2 *"}, "cron-never-fires"),
                ({"name": "x", "cronExpression": "0 0 0 * * *", "timeZone": "Mars/Base"},
                 "unknown-time-zone"),
                ({"name": "x", "cronExpression": "0 0 0 * * *", "every": "PT1S"},
                 "schedule-conflict")):
            with self.subTest(definition=definition):
                self.assert_problem(self.client.post("/api/tasks", definition), 422, code)
        late = self.client.post("/api/tasks?schedule=true",
                                {"name": "x", "runAt": "2001-01-01T00:00:00Z"})
        self.assert_problem(late, 422, "run-at-past")

    def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(self):
        frame = '{"name":"x","description":""}'
        exact = frame.replace('""', '"' + "d" * (MIB - len(frame)) + '"')
        self.assertEqual(len(exact), MIB)
        # Read and judged: the description is too long, the body is not.
        self.assert_problem(self.client.post("/api/tasks", exact), 422, "invalid-value")
        head = (f"POST /api/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {JSON_TYPE}\r\n"
                f"Content-Length: {MIB + 1}\r\nConnection: close\r\n\r\n")
        answer = raw_exchange(self.server.port, head.encode() + b" " * 64)
        self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer[:400])
        self.assertIn(b'"code":"body-too-large"', answer)

    def test_a_description_of_full_size_is_kept(self):
        text = "d" * 4096
        task = self.client.create(description=text)
        self.assertEqual(self.client.task(task["id"])["description"], text)

    def test_ambiguous_framing_is_refused_and_the_connection_closed(self):
        host = b"Host: 127.0.0.1\r\n"
        cases = {
            "length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "odd length": b"Content-Length: +2\r\n\r\n{}",
            "not ending in chunked": b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            "space before colon": b"Content-Length : 2\r\n\r\n{}"}
        for what, rest in cases.items():
            with self.subTest(what=what):
                answer = raw_exchange(self.server.port, b"POST /api/tasks HTTP/1.1\r\n" + host +
                                      b"Content-Type: application/json\r\n" + rest +
                                      b"GET /livez HTTP/1.1\r\n" + host + b"\r\n")
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer[:300])
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)

    def test_a_header_beyond_its_bound_is_refused(self):
        answer = raw_exchange(self.server.port, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " +
                              b"a" * 20000 + b"\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 431 "), answer[:300])

    def test_a_foreign_host_or_origin_is_refused(self):
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            answer = self.client.call("POST", "/api/tasks", {"name": "x"}, headers)
            self.assertEqual(answer.status, 403, answer)


class OpenApi(ServerTest):
    """The document, the pages beside the API, and every example request."""

    def test_every_example_request_is_answered_as_documented(self):
        document = json.loads((PROJECT / "schema/openapi.json").read_text())
        played = 0
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                for media, content in operation.get("requestBody", {}).get("content", {}).items():
                    for name, example in content.get("examples", {}).items():
                        with self.subTest(call=f"{method} {path}", example=name):
                            self.play(method, path, media, example["value"], operation)
                            played += 1
        self.assertGreater(played, 20)

    def play(self, method, path, media, body, operation):
        if path.endswith("/backup"):
            body = {"folder": str(self.folder / "backup")}
        if "{id}" in path:
            path = path.replace("{id}", self.task_for(path))
        answer = self.client.call(method.upper(), path, body, {"Content-Type": media})
        self.assertIn(str(answer.status), operation["responses"], answer)
        self.assertLess(answer.status, 300, answer)

    def task_for(self, path):
        """A task in a state that takes the call."""
        if path.endswith("/retry"):
            task = self.client.create(schedule=True, parameters={"type": "fail"})
            self.client.await_status(task["id"], "FAILED")
            return task["id"]
        if path.endswith(("/pause", "/resume", "/status")):
            return self.client.create(schedule=True, every="PT1H")["id"]
        return self.client.create()["id"]

    def test_the_served_document_is_the_one_in_the_repository(self):
        self.assertEqual(self.client.ok("GET", "/openapi.json"),
                         json.loads((PROJECT / "schema/openapi.json").read_text()))

    def test_the_pages_beside_the_api_answer(self):
        for path in ("/livez", "/readyz", "/readyz?verbose", "/startupz", "/metrics", "/version",
                     "/docs", "/api/v1/types", "/problems/not-found"):
            answer = self.client.get(path)
            self.assertEqual(answer.status, 200, path)
            head = self.client.call("HEAD", path)
            self.assertEqual((head.status, head.body), (200, b""), path)

    def test_every_documented_get_without_parameters_is_there(self):
        document = self.client.ok("GET", "/openapi.json")
        for path, operations in document["paths"].items():
            if "get" in operations and "{" not in path and "stream" not in path:
                self.assertEqual(self.client.get(path).status, 200, path)

    def test_every_problem_code_has_a_page(self):
        table = (PROJECT / "docs/reference/problems.md").read_text()
        codes = re.findall(r"^\| `([a-z-]+)` \| (\d+)", table, re.MULTILINE)
        self.assertGreater(len(codes), 40)
        for code, status in codes:
            page = self.client.ok("GET", f"/problems/{code}", headers={"Accept": JSON_TYPE})
            self.assertEqual((page["code"], page["status"]), (code, int(status)))


def _quoted(text):
    return urllib.parse.quote(text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
