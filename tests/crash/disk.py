"""A disk that keeps what was synced apart from what was not, filled from the shim's record.

The record is replayed up to any step; `write_to` then makes the files that a loss of power at that
moment could leave. The rules are the harshest that POSIX allows: the bytes of a file are safe after
a sync of the file, its name after a sync of its directory, and nothing else is safe.
"""

import random
import struct

CREATE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, LINK, MKDIR, MAPPED = range(1, 10)
_HEAD = struct.Struct("<QBHHHQQ")
SECTOR = 512


class Step:
    """One entry of the record."""

    __slots__ = ("number", "change", "name", "path", "to", "offset", "data")

    def __init__(self, *members):
        (self.number, self.change, self.name, self.path, self.to, self.offset, self.data) = members


def read_steps(path):
    """All entries, oldest first."""
    raw = path.read_bytes()
    steps, at = [], 0
    while at < len(raw):
        number, change, name, first, second, offset, size = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        texts = []
        for length in (name, first, second):
            texts.append(raw[at:at + length].decode())
            at += length
        steps.append(Step(number, change, *texts, offset, raw[at:at + size]))
        at += size
    return steps


class File:
    """Bytes as programs see them, bytes on the platter, and the writes in between."""

    is_directory = False

    def __init__(self):
        self.live = bytearray()
        self.safe = b""
        self.pending = []  # (offset, data), or (size, None) for a change of the size

    def write(self, offset, data):
        apply(self.live, offset, data)
        self.pending.append((offset, data))

    def sync(self):
        self.safe = bytes(self.live)
        self.pending = []

    def after_power_loss(self, variant, chance):
        """What is left: the synced bytes, and of the others what the variant says."""
        if variant == "drop" or not self.pending:
            return self.safe
        left = bytearray(self.safe)
        if variant == "zeros":
            return bytes(self.with_zeros(left, chance))
        kept = chance.randint(0, len(self.pending))
        for offset, data in self.pending[:kept]:
            apply(left, offset, data)
        if kept < len(self.pending):
            offset, data = self.pending[kept]
            if data:
                tear(left, offset, data, chance)
        return bytes(left)

    def with_zeros(self, left, chance):
        """The full size, and of the bytes at most the first sectors of the first write."""
        offset, data = self.pending[0]
        end = offset + len(data or b"")
        borders = range(offset // SECTOR * SECTOR + SECTOR, end, SECTOR)
        if borders and chance.random() < 0.75:
            apply(left, offset, data[:chance.choice(borders) - offset])
        apply(left, max(len(self.live), len(left)), None)
        return left


class Directory:
    """Names as programs see them, names on the platter, and the changes in between."""

    is_directory = True

    def __init__(self):
        self.live = {}
        self.safe = {}
        self.pending = []  # (name, node), or (name, None) for a removal

    def put(self, name, node):
        self.live[name] = node
        self.pending.append((name, node))

    def remove(self, name):
        node = self.live.pop(name, None)
        self.pending.append((name, None))
        return node

    def sync(self):
        self.safe = dict(self.live)
        self.pending = []

    def after_power_loss(self, variant, chance):
        left = dict(self.safe)
        # File systems keep the changes of names in order, so some of the first survive; those that
        # lose bytes and keep sizes keep names, too.
        kept = {"drop": 0, "zeros": len(self.pending)}.get(variant)
        for name, node in self.pending[:chance.randint(0, len(self.pending))
                                       if kept is None else kept]:
            left[name] = node
        return {name: node for name, node in left.items() if node is not None}


def apply(to, offset, data):
    """A write, or a change of the size, as a file system makes it."""
    if data is None:
        del to[offset:]
        to.extend(bytes(max(offset - len(to), 0)))
        return
    to.extend(bytes(max(offset + len(data) - len(to), 0)))
    to[offset:offset + len(data)] = data


def tear(left, offset, data, chance):
    """Keeps the sectors of a write up to some border, and perhaps the size it would have had."""
    end = offset + len(data)
    border = min(end, (offset // SECTOR + chance.randint(0, len(data) // SECTOR + 1)) * SECTOR)
    if border > offset:
        apply(left, offset, data[:border - offset])
    if chance.random() < 0.25 and len(left) < end:
        apply(left, end, None)  # The size came to the disk and the bytes did not: zeros.


class Disk:
    """The tree below the watched directory."""

    def __init__(self):
        self.root = Directory()

    def replay(self, step):
        """Applies one entry of the record."""
        folder, name = self._place(step.path)
        if step.change == CREATE:
            folder.put(name, File())
        elif step.change == MKDIR:
            folder.put(name, Directory())
        elif step.change == UNLINK:
            folder.remove(name)
        elif step.change in (RENAME, LINK):
            to_folder, to_name = self._place(step.to)
            node = folder.remove(name) if step.change == RENAME else folder.live.get(name)
            if node is not None:
                to_folder.put(to_name, node)
        else:
            self._change(self.root if not step.path else folder.live.get(name), step)

    @staticmethod
    def _change(node, step):
        if node is None:
            return  # Of a file that nobody can open again.
        if step.change == SYNC:
            node.sync()
        elif step.change in (WRITE, MAPPED):
            node.write(step.offset, step.data)
        elif step.change == TRUNCATE:
            node.write(step.offset, None)

    def _place(self, path):
        folder = self.root
        *parents, name = path.split("/")
        for part in parents:
            folder = folder.live[part]
        return folder, name

    def write_to(self, target, variant, seed):
        """The files after a loss of power: "drop", "torn" or "zeros" of what was not synced."""
        self._write(self.root, target, (variant, random.Random(seed)))

    def _write(self, folder, target, how):
        target.mkdir(exist_ok=True)
        for name, node in sorted(folder.after_power_loss(*how).items()):
            if node.is_directory:
                self._write(node, target / name, how)
            else:
                (target / name).write_bytes(node.after_power_loss(*how))
