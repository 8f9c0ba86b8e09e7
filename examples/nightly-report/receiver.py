#!/usr/bin/env python3
"""Takes webhooks on loopback, checks their signature and prints one line each.

Writes the port it took into PORT_FILE and ends with exit code 0 after COUNT webhooks with a good
signature; a second copy of one (the same webhook-id) does not count. Needs nothing but Python 3.
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import pathlib


def is_signed(headers, body, secret):
    """The rule of Standard Webhooks: HMAC-SHA-256 over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one) for one in given)


def make_handler(secret, seen):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            good = is_signed(self.headers, body, secret)
            self.send_response(204 if good else 401)
            self.end_headers()
            if not good:
                print("refused: the signature is wrong", flush=True)
                return
            message = json.loads(body)["data"]["message"]
            repeat = self.headers["webhook-id"] in seen
            seen.add(self.headers["webhook-id"])
            print(f"webhook{' again' if repeat else ''}: {message}", flush=True)

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port_file", type=pathlib.Path)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--count", type=int, default=1)
    options = parser.parse_args()
    seen = set()
    server = http.server.HTTPServer(("127.0.0.1", 0), make_handler(options.secret, seen))
    unfinished = options.port_file.with_suffix(".unfinished")
    unfinished.write_text(str(server.server_port))
    unfinished.rename(options.port_file)
    while len(seen) < options.count:
        server.handle_request()


if __name__ == "__main__":
    main()
