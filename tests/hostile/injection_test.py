#!/usr/bin/env python3
"""Text from outside stays text: in log lines, in tables of the command line, in events."""

import json
import re
import unittest

import harness
from harness import ServerTest
from rest_client import Stream, raw_exchange, wait_for

# Ends a line, forges one, clears a screen, turns the direction, hides, rings.
HOSTILE = ("x\nforged level=error\r\n{\"level\":\"error\",\"event\":\"forged\"}\x1b[2J\x1b]0;t\x07"
           "\u202egnp.exe\u2066\u2069\u200f\u061c\u2028\u2029\x85\x9b31m\x7f'\"<b>&")
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
                      "\u2066-\u2069]")
# What the general escapes of one line keep: only what ends a line of a table.
LINE_END = "\n"


class Injection(ServerTest):
    """One hostile task, looked at through everything that shows it."""

    mode = "server"
    settings = {"log.level": "trace"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        failed = cls.client.create(
            schedule=True, name=f"failing {HOSTILE}", description=HOSTILE, tags=["plain"],
            parameters={"type": "fail", "message": HOSTILE}, assignedTo="someone")
        cls.client.await_status(failed["id"], "FAILED")
        told = cls.client.create(schedule=True, name=f"telling {HOSTILE}", parameters={
            "type": "notification", "message": HOSTILE})
        cls.client.await_status(told["id"], "COMPLETED")
        paused = cls.client.create(schedule=True, name="paused", every="PT1H")
        cls.client.act(paused["id"], "pause", {"reason": HOSTILE})
        cls.tasks = [failed["id"], told["id"], paused["id"]]

    def assert_one_line_each(self, text, where):
        for line in text.split(LINE_END):
            self.assertIsNone(STEERING.search(line), f"{where}: {line!r}")
            self.assertFalse(line.startswith(("forged", '{"level":"error","event":"forged"')),
                             f"{where}: {line!r}")

    def log_lines(self):
        log = (self.folder / "server.log").read_text(errors="surrogateescape")
        self.assert_one_line_each(log, "the log")
        return [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    def test_every_line_of_the_log_is_one_json_object(self):
        lines = self.log_lines()
        self.assertGreaterEqual(len(lines), 3)
        self.assertEqual([line for line in lines if line.get("event") == "forged"], [])

    def test_headers_reach_no_log_line_as_they_are(self):
        name = "x\x1b[31m y".encode()
        for header in (b"User-Agent: " + name, b"X-Request-Id: " + name,
                       b"X-Request-Id: " + "\u202eabc".encode(), b"traceparent: " + name,
                       b"Idempotency-Key: " + name, b"Authorization: Bearer " + name,
                       b"X-Request-Id: " + b"a" * 5000, b"Origin: http://\xc2\x9bx"):
            answer = raw_exchange(self.server.port, b"\r\n".join((
                b"POST /api/v1/tasks HTTP/1.1", b"Host: localhost", header,
                b"Content-Type: application/json", b"Connection: close",
                b"Content-Length: 1", b"", b"{")))
            self.assertTrue(answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ")), answer[:200])
            head = answer.split(b"\r\n\r\n")[0].decode("latin-1")
            for line in head.split("\r\n"):
                self.assertIsNone(re.search("[\x00-\x1f\x7f-\x9f]", line), line)
            self.assertNotIn(b"\x1b", answer)
        self.log_lines()

    def test_a_sane_request_id_comes_back_and_another_one_does_not(self):
        sane = self.client.call("GET", "/livez", headers={"X-Request-Id": "abc-1.2_3"})
        self.assertEqual(sane.headers["X-Request-Id"], "abc-1.2_3")
        odd = self.client.call("GET", "/livez", headers={"X-Request-Id": "a b;c<d>"})
        self.assertNotEqual(odd.headers["X-Request-Id"], "a b;c<d>")

    def test_the_command_line_prints_it_escaped(self):
        port = self.server.port
        for words in (("task", "list"), ("task", "list", "-o", "table"), ("run", "list"),
                      ("task", "get", self.tasks[0], "-o", "table"),
                      ("task", "get", self.tasks[2], "-o", "table"),
                      ("run", "list", "-o", "table"), ("task", "pause", self.tasks[0]),
                      ("task", "get", f"none {HOSTILE}"), ("cron", "explain", HOSTILE),
                      ("task", "list", "--filter", HOSTILE)):
            with self.subTest(words=words):
                done = harness.cli(*words, port=port)
                self.assert_one_line_each(done.stdout.replace("\t", " "), "standard output")
                self.assert_one_line_each(done.stderr, "standard error")

    def test_json_on_the_command_line_keeps_the_text_exact(self):
        done = harness.cli("task", "get", self.tasks[0], "-o", "json", port=self.server.port)
        self.assertEqual(json.loads(done.stdout)["description"], HOSTILE)

    def test_an_event_of_a_stream_stays_one_event(self):
        stream = Stream(self.server.port, "/api/v1/events/stream?after=0")
        self.addCleanup(stream.close)
        for event in stream.take(6):
            self.assertLessEqual(set(event), {"id", "event", "data"})
            json.loads(event["data"])
        names = {json.dumps(event["data"]) for event in self.client.events()}
        self.assertTrue(any("forged" in name for name in names))

    def test_pages_for_browsers_do_not_run_it(self):
        for path in (f"/problems/{'<script>alert(1)</script>'.replace('/', '%2f')}",
                     "/docs?x=<script>alert(1)</script>", "/api/v1/tasks/%3Cscript%3E"):
            answer = self.client.get(path.replace("<", "%3C").replace(">", "%3E"))
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            if "html" in (answer.headers["Content-Type"] or ""):
                self.assertNotIn(b"<script>alert", answer.body)

    def test_hostile_filters_and_orders_are_refused_or_find_nothing(self):
        for text in (HOSTILE, "' OR 1=1 --", "name:'; DROP TABLE task; --", "name~\"" + "(a*)*" * 50
                     + "\"", "%", "_", "\\", "NEAR(", "\"", "*", "name:" + "x" * 5000):
            with self.subTest(text=text[:40]):
                answer = self.client.get("/api/v1/tasks?filter=" + "".join(
                    f"%{byte:02x}" for byte in text.encode()))
                self.assertIn(answer.status, (200, 400, 422), answer)
        wait_for("the tasks are still there", lambda: len(self.client.items(
            "/api/v1/tasks")) >= len(self.tasks))


if __name__ == "__main__":
    unittest.main(verbosity=2)
