"""REST calls, server-sent events and raw bytes to one server; the standard library only."""

import contextlib
import http.client
import json
import os
import socket
import time

# How many times slower than a release build the binary is; a sanitized tree sets it.
SLOW = float(os.environ.get("CARILLON_SLOW", "1"))
# A bound, not an expectation: a loaded machine may need it.
PATIENCE = float(os.environ.get("CARILLON_E2E_PATIENCE", "60")) * SLOW
JSON_TYPE = "application/json"


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
