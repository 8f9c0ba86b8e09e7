#!/usr/bin/env python3
"""Makes the golden data directories of this version: make.py BINARY VERSION.

One of a server that ended in order and one of a server that was killed, each with what its API said
before. Run once per format; what is here already is never made anew.
"""

import io
import json
import os
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
if len(sys.argv) == 3:
    os.environ["CARILLON_BIN"] = sys.argv[1]

from harness import Server, temporary_folder  # noqa: E402  (the binary must be known before)

# RocksDB's own log, lock and copy of the options: every start makes them anew.
LEFT_OUT = ("LOG", "LOCK", "OPTIONS-")


def fill(client):
    """Tasks that stay as they are, however late somebody looks."""
    client.create(name="defined", description="Überfällig, 予定", tags=["a", "b"])
    done = client.create(name="done", schedule=True)
    failed = client.create(name="failed", schedule=True, maxRetries=1, retryDelayMs=10,
                           parameters={"type": "fail"})
    steps = client.create(name="steps", schedule=True, parameters={"type": "workflow", "steps": [
        {"name": "a"}, {"name": "b", "dependsOn": ["a"]}]})
    client.create(name="far away", schedule=True, runAt="2199-01-01T00:00:00Z")
    paused = client.create(name="paused", schedule=True, cronExpression="0 0 3 * * *",
                           timeZone="Europe/Berlin")
    client.act(paused["id"], "pause")
    gone = client.create(name="cancelled", schedule=True, every="PT1H")
    client.act(gone["id"], "cancel")
    client.await_status(done["id"], "COMPLETED")
    client.await_status(failed["id"], "FAILED")
    client.await_status(steps["id"], "COMPLETED")


def pack(folder, target, said):
    with tarfile.open(target, "x:gz") as archive:
        for path in sorted((folder / "data").rglob("*")):
            if path.is_file() and not path.name.startswith(LEFT_OUT):
                archive.add(path, path.relative_to(folder))
        text = json.dumps(said, sort_keys=True).encode()
        entry = tarfile.TarInfo("said.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))


def main():
    version = sys.argv[2]
    for end in ("stopped", "killed"):
        with temporary_folder() as folder:
            server = Server(folder)
            client = server.start().client
            fill(client)
            server.stop()  # The next start makes tables, so that both tables and a log are kept.
            client = server.start().client
            client.create(name="in the log")
            tasks = {item["id"]: client.task(item["id"]) for item in client.items("/api/v1/tasks")}
            said = {"tasks": tasks, "events": client.events()}
            server.stop() if end == "stopped" else server.kill()
            pack(folder, HERE / f"{version}-{end}.tar.gz", said)


if __name__ == "__main__":
    main()
