#!/usr/bin/env python3
"""Requests that tasks send: no spelling, redirect or type leads to this machine."""

import http.server
import json
import threading
import unittest

import harness
from harness import ServerTest

# Spellings of 127.0.0.1 and of what leads there, for resolvers, browsers and gateways of all kinds.
LOOPBACK = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0177.0.0.1", "0x7f.0.0.1",
    "0x7f000001", "0", "0.0.0.0", "127.0.0.1.", "127.1.", "127.255.255.254", "localhost",
    "localhost.", "LOCALHOST", "%31%32%37.0.0.1", "%6c%6f%63%61%6c%68%6f%73%74",
    "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "127.0.0\u00ad.1",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fd00:ec2::254]", "[fe80::1%25lo]", "[fe80::1%lo]",
    "[fec0::1]", "169.254.169.254", "example.com@127.0.0.1", "127.0.0.1#@example.com",
    "127.0.0.1\\@example.com", "user:pass@localhost")
ALLOWED = "127.0.0.9"


class Redirector:
    """Sends every caller on to one address, from a loopback address that is allowed."""

    def __init__(self):
        self.target = ""
        self.calls = 0
        redirector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                redirector.calls += 1
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(int(self.path.rsplit("/", 1)[1]))
                self.send_header("Location", redirector.target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = answer

            def log_message(self, *_):
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer((ALLOWED, 0), Handler)
        self.url = f"http://{ALLOWED}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Outgoing(ServerTest):
    """Only 127.0.0.9 may be reached; the witness listens on 127.0.0.1."""

    mode = "server"
    settings = {"executors.http.allow": ALLOWED}

    def setUp(self):
        self.witness = harness.Witness()
        self.addCleanup(self.witness.close)
        self.witness_port = self.witness.url.rsplit(":", 1)[1]

    def ends_refused(self, parameters):
        """The task is refused when it is made, or fails for good without a second attempt."""
        answer = self.client.post("/api/v1/tasks?schedule=true", {
            "name": "inside", "maxRetries": 3, "retryDelayMs": 1, "parameters": parameters})
        if answer.status != 201:
            self.assertIn((answer.status, answer.code),
                          ((422, "invalid-value"), (422, "forbidden"), (403, "forbidden")), answer)
            return answer.json["detail"]
        failed = self.client.await_status(answer.json["id"], "FAILED")
        return failed["errorMessage"]

    def test_no_spelling_of_this_machine_is_reached_by_http_or_a_webhook(self):
        for host in LOOPBACK:
            url = f"http://{host}:{self.witness_port}/"
            with self.subTest(url=url):
                self.ends_refused({"type": "http", "url": url, "timeoutMs": 2000})
                self.ends_refused({"type": "notification", "channel": "webhook", "url": url})
                self.assertEqual(self.witness.calls, [])

    def test_other_schemes_are_refused(self):
        for url in (f"ftp://127.0.0.1:{self.witness_port}/", "file:///etc/passwd",
                    f"gopher://127.0.0.1:{self.witness_port}/x", "dict://127.0.0.1:1/",
                    "unix:///run/x", "//127.0.0.1/", "HTTP:127.0.0.1"):
            with self.subTest(url=url):
                self.ends_refused({"type": "http", "url": url})
        self.assertEqual(self.witness.calls, [])

    def test_no_redirect_leads_to_this_machine(self):
        redirector = Redirector()
        self.addCleanup(redirector.close)
        for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433"):
            for status in (301, 302, 303, 307, 308):
                redirector.target = f"http://{host}:{self.witness_port}/"
                with self.subTest(host=host, status=status):
                    message = self.ends_refused({
                        "type": "http", "url": f"{redirector.url}/{status}", "method": "POST",
                        "body": "x"})
                    self.assertTrue(message)
        for target in ("file:///etc/passwd", "ftp://127.0.0.1/", "//127.0.0.1:1/"):
            redirector.target = target
            with self.subTest(target=target):
                message = self.ends_refused({"type": "http", "url": f"{redirector.url}/302"})
                self.assertNotIn("root:", message)
        self.assertEqual(self.witness.calls, [])
        self.assertGreaterEqual(redirector.calls, 28)

    def test_a_webhook_follows_no_redirect_at_all(self):
        redirector = Redirector()
        self.addCleanup(redirector.close)
        redirector.target = f"{self.witness.url}/"
        self.ends_refused({"type": "notification", "channel": "webhook",
                           "url": f"{redirector.url}/307"})
        self.assertEqual(self.witness.calls, [])

    def test_a_template_does_not_lead_there_either(self):
        task = self.client.post("/api/v1/tasks?schedule=true", {
            "name": f"127.0.0.1:{self.witness_port}",
            "parameters": {"type": "http", "url": "http://{{task.name}}/"}})
        if task.status == 201:
            self.client.await_status(task.json["id"], "FAILED")
        self.assertEqual(self.witness.calls, [])

    def test_headers_cannot_be_split(self):
        for headers in ({"X-A": "b\r\nX-Injected: c"}, {"X-A\r\nX-Injected": "c"},
                        {"X A": "b"}, {"": "b"}, {"X-A": "b\x00c"}, {"Host": "a\nb"}):
            with self.subTest(headers=headers):
                self.ends_refused({"type": "http", "url": f"http://{ALLOWED}:1/",
                                   "headers": headers})

    def test_the_refusal_says_what_to_do(self):
        text = json.dumps(self.client.post("/api/v1/tasks?schedule=true", {
            "name": "x", "parameters": {"type": "http", "url": "http://10.0.0.1/"}}).json)
        self.assertIn("executors.http.allow", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
