#!/usr/bin/env python3
"""Takes webhooks on loopback, checks their signature and prints what came.

Writes its port into PORT_FILE and ends with exit code 0 after the first webhook that it accepts.
With --refuse N it first answers 503 to N of them, as a receiver does that is just being restarted.
Needs nothing but Python 3.
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import pathlib


def is_signed(headers, body, secret):
    """The rule of Standard Webhooks: HMAC-SHA-256 over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one) for one in given)


class Receiver(http.server.HTTPServer):
    """The server, with what it has to know and what it has seen."""

    def __init__(self, secret, refusals):
        super().__init__(("127.0.0.1", 0), Handler)
        self.secret = secret
        self.refusals = refusals
        self.has_accepted = False

    def judge(self, headers, body):
        """The status to answer with, and why."""
        if not is_signed(headers, body, self.secret):
            return 401, "the signature is wrong"
        if self.refusals > 0:
            self.refusals -= 1
            return 503, "signed, but come again"
        self.has_accepted = True
        return 204, "signed and taken"


class Handler(http.server.BaseHTTPRequestHandler):
    """One webhook."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        status, reason = self.server.judge(self.headers, body)
        self.send_response(status)
        self.end_headers()
        print(f"attempt {self.headers['x-carillon-attempt']}, webhook-id "
              f"{self.headers['webhook-id']}: {status}, {reason}", flush=True)
        if status == 204:
            print(body.decode(), flush=True)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port_file", type=pathlib.Path)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--refuse", type=int, default=0, metavar="N")
    options = parser.parse_args()
    receiver = Receiver(options.secret, options.refuse)
    # Written beside and renamed, so that who waits for the file never reads half a number.
    unfinished = options.port_file.with_suffix(".unfinished")
    unfinished.write_text(str(receiver.server_port))
    unfinished.rename(options.port_file)
    while not receiver.has_accepted:
        receiver.handle_request()


if __name__ == "__main__":
    main()
