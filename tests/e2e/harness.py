"""What the end-to-end tests stand on: a real server process and an outside witness.

Everything lives in a temporary directory and on free loopback ports, and ends with the test.
"""

import contextlib
import ctypes
import datetime
import http.server
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from rest_client import PATIENCE, SLOW, Client, wait_for

PROJECT = pathlib.Path(__file__).resolve().parents[2]
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
BINARY = os.environ.get("CARILLON_BIN", "carillon")
ENDED = ("COMPLETED", "FAILED", "CANCELLED")
# How each of the sanitizers begins what it found; only a sanitized binary ever writes it.
_FINDING = re.compile(r"(?:ERROR|WARNING): \w*Sanitizer|runtime error: ")


def _end_with_the_test():
    """A server must not outlive the test process, even when that is killed."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def refuse_findings(text):
    """Fails when a sanitizer has found something, whatever the exit code says."""
    found = _FINDING.search(text)
    if found:
        start = text.rfind("\n", 0, found.start()) + 1
        raise AssertionError(f"a sanitizer reports:\n{text[start:start + 12000]}")


def cli(*arguments, port=None, stdin="", timeout=PATIENCE, **environment):
    """Runs one command of the binary to its end."""
    variables = {key: value for key, value in os.environ.items()
                 if not key.startswith("CARILLON_") and key not in ("NO_COLOR", "XDG_DATA_HOME")}
    if port is not None:
        variables["CARILLON_SERVER"] = f"http://127.0.0.1:{port}"
    variables.update(environment)
    done = subprocess.run([BINARY, *map(str, arguments)], input=stdin, text=True, timeout=timeout,
                          capture_output=True, env=variables, check=False)
    refuse_findings(done.stderr)
    return done


class Server:
    """One server process over a data directory that outlives it."""

    def __init__(self, folder, mode="server", settings=None, log=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.mode = mode
        self.environment = {}  # On top of that of the test, from the next start on.
        self.settings = {"executors.http.allow": "127.0.0.0/8", **(settings or {})}
        self.process = None
        self.port = None
        self.client = None
        self.ready_seconds = None
        self._log = log or self.folder / "server.log"

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
        variables.update(self.environment)
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=variables,
                                            preexec_fn=_end_with_the_test)
        return self

    def wait_for_port(self, seconds=PATIENCE):
        port_file = self.folder / "port"

        def bound():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.log}")
            return port_file.exists() and port_file.read_text().strip()

        return int(wait_for(f"the server writes its port; log: {self.log}", bound, seconds))

    def start(self, seconds=PATIENCE):
        began = time.monotonic()
        self.spawn()
        self.port = self.wait_for_port(seconds)
        self.client = Client(self.port)
        wait_for("the server is ready", lambda: self.client.get("/readyz").status == 200, seconds)
        self.ready_seconds = time.monotonic() - began
        return self

    def kill(self):
        """kill -9: nothing is flushed, nothing is said."""
        self.process.kill()
        self.process.wait()
        self.refuse_findings()

    def terminate(self, seconds=PATIENCE):
        """Asks the process to end and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.refuse_findings()
        return code

    def stop(self):
        """Ends the process if it runs, which must go well: a fault at the end is a fault, too."""
        if self.process is None:
            return
        if self.process.poll() is None:
            try:
                code = self.terminate()
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            if code != 0:
                raise AssertionError(f"the server ended with {code}: {self.log}")
        self.refuse_findings()

    def refuse_findings(self):
        """Fails when a sanitizer wrote into the log of this server or of one before it."""
        if self._log.exists():
            refuse_findings(self._log.read_text(errors="replace"))

    @property
    def log(self):
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


class Witness:
    """A tiny HTTP receiver outside the product that records who called and when."""

    note = staticmethod(lambda: None)  # What else to record at the moment of a call.

    def __init__(self):
        self.calls = []
        self.chapter = 0
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def record(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                witness.calls.append({"at": time.time(), "path": self.path, "body": body,
                                      "noted": witness.note(),
                                      "chapter": self.server.chapters[self.client_address],
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
            chapters = {}

            def get_request(self):
                request, address = super().get_request()
                self.chapters[address] = witness.chapter
                return request, address

            def handle_error(self, *_):
                """A caller that was killed is no fault of the witness."""

        self._server = Receiver(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def of(self, task_id):
        return [call for call in self.calls if task_id in call["path"] or call["task"] == task_id]

    def next_chapter(self):
        """Tells calls of a process that has been killed, which may still be read, from later ones.

        Connections are accepted in order, so after this one's answer all earlier ones have been.
        """
        Client(self._server.server_port).get("/chapter")
        self.chapter += 1

    def of_chapter(self, chapter):
        return [call for call in list(self.calls) if call["chapter"] == chapter and call["task"]]

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
