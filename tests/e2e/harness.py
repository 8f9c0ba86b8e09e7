"""What the end-to-end tests stand on: a real server process, ways to talk to it, and an outside witness.

Everything lives in a temporary directory and on free loopback ports, and ends with the test.
"""

import contextlib
import datetime
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CARILLON_BIN", "carillon")
# Bounds, not expectations: a loaded machine may need them.
PATIENCE = float(os.environ.get("CARILLON_E2E_PATIENCE", "60"))
JSON_TYPE = "application/json"
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


def wait_for(what, probe, seconds=PATIENCE):
    """Polls until probe returns something true and returns it; says what was missing otherwise."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.02)


class Answer:
    """An HTTP answer, read to its end."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The problem code, or nothing for an answer that is no problem."""
        if "problem+json" not in (self.headers.get("Content-Type") or ""):
            return None
        return self.json["code"]

    def __repr__(self):
        return f"HTTP {self.status} {self.body[:600]!r}"


class Refused(AssertionError):
    """A call that had to succeed was refused."""

    def __init__(self, call, answer):
        super().__init__(f"{call}: {answer!r}")
        self.answer = answer


class Client:
    """REST calls to one server, each over its own connection."""

    def __init__(self, port, timeout=PATIENCE):
        self.port = port
        self.timeout = timeout

    def call(self, method, path, body=None, headers=None):
        """Sends one request; a body that is no text or bytes is sent as JSON."""
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", JSON_TYPE)
            if not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            if isinstance(body, str):
                body = body.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.call("GET", path, headers=_header_names(headers))

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, _header_names(headers))

    def ok(self, method, path, body=None, headers=None):
        """The JSON of a call that must succeed."""
        answer = self.call(method, path, body, headers)
        if not 200 <= answer.status < 300:
            raise Refused(f"{method} {path}", answer)
        return answer.json if answer.body else None

    def create(self, definition=None, schedule=False, **fields):
        query = "?schedule=true" if schedule else ""
        body = {"name": "end to end", **(definition or {}), **fields}
        return self.ok("POST", f"/api/v1/tasks{query}", body)

    def task(self, task_id):
        return self.ok("GET", f"/api/v1/tasks/{task_id}")

    def act(self, task_id, verb, body=None):
        return self.ok("POST", f"/api/v1/tasks/{task_id}/{verb}", body)

    def runs(self, task_id):
        return self.items(f"/api/v1/tasks/{task_id}/runs")

    def items(self, path, page_size=1000):
        """All items behind a paged address."""
        found, token = [], None
        while True:
            link = f"{path}{'&' if '?' in path else '?'}pageSize={page_size}"
            page = self.ok("GET", link + (f"&pageToken={token}" if token else ""))
            found += page["items"]
            token = page["nextPageToken"]
            if not token:
                return found

    def events(self, topic="task-events"):
        """A whole topic, oldest first."""
        found, after = [], 0
        while True:
            page = self.ok("GET", f"/api/v1/events?topic={topic}&after={after}&limit=1000")
            if not page["items"]:
                return found
            found += page["items"]
            after = page["nextAfter"]

    def await_status(self, task_id, *statuses, seconds=PATIENCE):
        """Waits until the task has one of the statuses and returns it."""
        seen = {}

        def probe():
            seen.update(self.task(task_id))
            return seen["status"] in statuses and dict(seen)

        try:
            return wait_for(f"task {task_id} is {' or '.join(statuses)}", probe, seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {json.dumps(seen)}") from None


def _header_names(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Stream:
    """Server-sent events of one answer, read as they come."""

    def __init__(self, port, path, headers=None, timeout=PATIENCE):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._connection.request("GET", path, headers=headers or {})
        self.answer = self._connection.getresponse()
        if self.answer.status != 200:
            raise AssertionError(f"GET {path}: {self.answer.status} {self.answer.read()!r}")

    def __iter__(self):
        event = {}
        for raw in self.answer:
            line = raw.decode().rstrip("\r\n")
            if line:
                name, _, value = line.partition(":")
                if name:
                    event[name] = event.get(name, "") + value.removeprefix(" ")
            elif event:
                yield event
                event = {}

    def take(self, count):
        found = []
        for event in self:
            found.append(event)
            if len(found) == count:
                return found
        raise AssertionError(f"the stream ended after {len(found)} of {count} events")

    def close(self):
        self._connection.close()


def raw_exchange(port, request, timeout=PATIENCE):
    """Sends the bytes as they are and returns all that comes back until the peer closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as peer:
        with contextlib.suppress(ConnectionError):
            peer.sendall(request)
        received = b""
        with contextlib.suppress(ConnectionError, TimeoutError):
            while chunk := peer.recv(65536):
                received += chunk
        return received


def cli(*arguments, port=None, stdin="", timeout=PATIENCE, **environment):
    """Runs one command of the binary to its end."""
    variables = {key: value for key, value in os.environ.items()
                 if not key.startswith("CARILLON_") and key not in ("NO_COLOR", "XDG_DATA_HOME")}
    if port is not None:
        variables["CARILLON_SERVER"] = f"http://127.0.0.1:{port}"
    variables.update(environment)
    return subprocess.run([BINARY, *map(str, arguments)], input=stdin, text=True, timeout=timeout,
                          capture_output=True, env=variables, check=False)


class Server:
    """One server process over a data directory that outlives it."""

    def __init__(self, folder, mode="server", settings=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.mode = mode
        self.settings = {"executors.http.allow": "127.0.0.0/8", **(settings or {})}
        self.process = None
        self.port = None
        self.client = None
        self.ready_seconds = None
        self._log = self.folder / "server.log"

    def spawn(self):
        """Starts the process without waiting for it."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        command = [BINARY, self.mode, "--data-dir", str(self.data), "--listen", "127.0.0.1:0",
                   "--port-file", str(port_file)]
        for key, value in self.settings.items():
            command += ["--set", f"{key}={value}"]
        variables = {key: value for key, value in os.environ.items()
                     if not key.startswith("CARILLON_")}
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=variables)
        return self

    def start(self, seconds=PATIENCE):
        began = time.monotonic()
        self.spawn()
        port_file = self.folder / "port"

        def bound():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.log}")
            return port_file.exists() and port_file.read_text().strip()

        self.port = int(wait_for(f"the server writes its port; log: {self.log}", bound, seconds))
        self.client = Client(self.port)
        wait_for("the server is ready", lambda: self.client.get("/readyz").status == 200, seconds)
        self.ready_seconds = time.monotonic() - began
        return self

    def kill(self):
        """kill -9: nothing is flushed, nothing is said."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds=PATIENCE):
        """Asks the process to end and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def stop(self):
        """Ends the process, however it is."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def log(self):
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


class Witness:
    """A tiny HTTP receiver outside the product that records who called and when."""

    def __init__(self):
        self.calls = []
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def record(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                witness.calls.append({"at": time.time(), "path": self.path, "body": body,
                                      "task": self.headers.get("X-Carillon-Task"),
                                      "run": self.headers.get("X-Carillon-Run"),
                                      "attempt": self.headers.get("X-Carillon-Attempt"),
                                      "key": self.headers.get("Idempotency-Key")})
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = record
            do_POST = record

            def log_message(self, *_):
                """Says nothing: the record is the answer."""

        class Receiver(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                """A caller that was killed is no fault of the witness."""

        self._server = Receiver(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def of(self, task_id):
        return [call for call in self.calls if task_id in call["path"] or call["task"] == task_id]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class ServerTest(unittest.TestCase):
    """A test with one server of its own class; the class starts and ends it."""

    mode = "dev"
    settings = {}
    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        cls.server = Server(cls.folder, cls.mode, cls.settings)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.client = cls.server.client

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        problem = answer.json
        for member in ("type", "title", "status", "detail", "instance", "code", "errors", "hint",
                       "requestId"):
            self.assertIn(member, problem)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["type"], f"/problems/{code}")
        return problem


@contextlib.contextmanager
def temporary_folder():
    with tempfile.TemporaryDirectory(prefix="carillon-e2e-") as folder:
        yield pathlib.Path(folder)


def parse_instant(text):
    """Seconds since 1970 of an RFC 3339 instant in UTC."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
