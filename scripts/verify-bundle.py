#!/usr/bin/env python3
"""Checks an exported ledger without any code of the program that wrote it.

    verify-bundle.py DIR --key VKEY [--key VKEY] [--against CHECKPOINT]

DIR is what `ledger-cli export --tiles` or `--bundle` wrote. Written from the C2SP specifications
(signed-note, tlog-checkpoint, tlog-tiles, tlog-proof) and RFC 6962 alone. Needs Python 3.9 and the
package `cryptography`. Exit status: 0 verified, 3 does not verify, 1 could not run.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import sys


class Bad(Exception):
    """Evidence that something is not what it should be."""


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def b64(text):
    return base64.b64decode(text, validate=True)


def root_of(hashes):
    """MTH of RFC 6962 section 2.1 over leaf hashes."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(root_of(hashes[:k]), root_of(hashes[k:]))


def parse_vkey(text):
    """signed-note: <name>+<hex key ID>+base64(type || key)."""
    name, key_id, rest = text.strip().split("+", 2)
    material = b64(rest)
    if material[0] != 1:
        raise SystemExit("verify-bundle: only Ed25519 log keys (type 1) are known")
    if sha256(name.encode() + b"\n" + material)[:4].hex() != key_id:
        raise SystemExit("verify-bundle: key ID does not match the key")
    return name, bytes.fromhex(key_id), material[1:]


def open_note(data, keys):
    """The text of a note that at least one of the keys signed; a bad line of a known key is fatal."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise Bad("note has control characters")
    split = data.rfind(b"\n\n")
    if split < 0 or not data.endswith(b"\n"):
        raise Bad("note has no signatures")
    text, lines = data[: split + 1], data[split + 2 :].decode("utf-8").splitlines()
    signed = 0
    for line in lines:
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if not match:
            raise Bad("malformed signature line: " + line)
        payload = b64(match.group(2))
        for name, key_id, public in keys:
            if match.group(1) != name or payload[:4] != key_id:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(payload[4:], text)
            except InvalidSignature:
                raise Bad("signature of " + name + " does not hold")
            signed += 1
    if not signed:
        raise Bad("no signature by a given key")
    return text


def parse_checkpoint(text):
    origin, size, root = text.decode("utf-8").split("\n")[:3]
    if not re.fullmatch(r"0|[1-9][0-9]*", size):
        raise Bad("checkpoint size is not a number")
    return origin, int(size), b64(root)


def tile_name(index):
    """tlog-tiles: groups of three digits, all but the last after an x."""
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "/".join(parts)


def read_tile(folder, prefix, index, count):
    """The file of tile `index` of a level that has `count` things, and its width."""
    width = min(256, count - index * 256)
    path = os.path.join(folder, "tile", prefix, tile_name(index))
    if width < 256:
        path += ".p/%d" % width
    try:
        with open(path, "rb") as file:
            return file.read(), width
    except FileNotFoundError:
        raise Bad("no such file: " + path)


def entries(folder, size):
    for index in range((size + 255) // 256):
        data, width = read_tile(folder, "entries", index, size)
        at = 0
        for _ in range(width):
            if at + 2 > len(data):
                raise Bad("entry bundle %d is cut off" % index)
            length = int.from_bytes(data[at : at + 2], "big")
            if at + 2 + length > len(data):
                raise Bad("entry bundle %d is cut off" % index)
            yield data[at + 2 : at + 2 + length]
            at += 2 + length
        if at != len(data):
            raise Bad("entry bundle %d has bytes to spare" % index)


def check_tiles(folder, leaves):
    """Every hash tile of every level against hashes computed from the entries."""
    level, row = 0, leaves
    while row:
        for index in range((len(row) + 255) // 256):
            data, width = read_tile(folder, str(level), index, len(row))
            wanted = b"".join(row[index * 256 : index * 256 + width])
            if data != wanted:
                raise Bad("tile %d/%d does not follow from the entries" % (level, index))
        # A level up there is one hash for each full tile.
        row = [root_of(row[i : i + 256]) for i in range(0, len(row) - 255, 256)]
        level += 1


def check_inclusion(leaf, index, size, proof, root):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Bad("receipt's index is beyond its tree")
    fn, sn, hash_ = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise Bad("receipt's proof is too long")
        if fn & 1 or fn == sn:
            hash_ = node_hash(sibling, hash_)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or hash_ != root:
        raise Bad("receipt does not lead to the signed root")


def check_receipt(path, record, keys):
    """C2SP tlog-proof."""
    with open(path, "rb") as file:
        data = file.read()
    head, note = data.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Bad(path + ": not a receipt")
    rest = lines[2:] if lines[1].startswith("extra ") else lines[1:]
    if not re.fullmatch(r"index (0|[1-9][0-9]*)", rest[0]):
        raise Bad(path + ": no index")
    _, size, root = parse_checkpoint(open_note(note, keys))
    check_inclusion(leaf_hash(record), int(rest[0][6:]), size, [b64(x) for x in rest[1:]], root)


def check_attachments(path, records):
    """Each content against the commitment in its record, and none missing."""
    count = 0
    awaited = set()
    for number, record in enumerate(records, 1):
        for name, value in json.loads(record)["data"].items():
            if isinstance(value, dict) and "commitment" in value and "elsewhere" not in value:
                awaited.add((number, name))
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            record = json.loads(records[row["sequence"] - 1])
            reference = record["data"].get(row["name"])
            if not isinstance(reference, dict) or "commitment" not in reference:
                raise Bad("attachment %(name)s of event %(sequence)s stands in no record" % row)
            count += 1
            awaited.discard((row["sequence"], row["name"]))
            if row.get("erased"):
                continue
            if sha256(b64(row["salt"]) + b64(row["content"])) != b64(reference["commitment"]):
                raise Bad("attachment %(name)s of event %(sequence)s is altered" % row)
    for number, name in sorted(awaited):
        raise Bad("attachment %s of event %d is not there" % (name, number))
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--key", action="append", required=True, help="a vkey or a file of vkeys")
    parser.add_argument("--against", action="append", default=[], help="an earlier checkpoint")
    options = parser.parse_args()
    texts = []
    for key in options.key:
        if os.path.exists(key):
            with open(key, encoding="utf-8") as file:
                texts += [x for x in file.read().split("\n") if x.strip() and x[0] != "#"]
        else:
            texts.append(key)
    keys = [parse_vkey(text) for text in texts]
    folder = options.folder

    with open(os.path.join(folder, "checkpoint"), "rb") as file:
        origin, size, root = parse_checkpoint(open_note(file.read(), keys))
    records = list(entries(folder, size))
    leaves = [leaf_hash(record) for record in records]
    if root_of(leaves) != root:
        raise Bad("the records do not give the signed root")
    check_tiles(folder, leaves)
    for number, record in enumerate(records, 1):
        event = json.loads(record)
        if event["sequence"] != "%016d" % number or event["source"] != origin:
            raise Bad("record %d says that it stands elsewhere" % number)
    for path in options.against:
        with open(path, "rb") as file:
            old_origin, old_size, old_root = parse_checkpoint(open_note(file.read(), keys))
        if old_origin != origin or old_size > size or root_of(leaves[:old_size]) != old_root:
            raise Bad("the log does not continue " + path)

    said = ["%d records" % size]
    attachments = os.path.join(folder, "attachments.jsonl")
    if os.path.exists(attachments):
        tail = os.path.join(folder, "tail.jsonl")
        with open(tail, "rb") as file:
            unsigned = file.read().split(b"\n")[:-1]
        said.append("%d attachments" % check_attachments(attachments, records + unsigned))
        if unsigned:
            said.append("%d records after the signed head" % len(unsigned))
    receipts = 0
    for place, _, names in sorted(os.walk(os.path.join(folder, "receipts"))):
        for name in sorted(x for x in names if x.endswith(".tlog-proof")):
            path = os.path.join(place, name)
            with open(path[: -len("tlog-proof")] + "json", "rb") as file:
                check_receipt(path, file.read(), keys)
            receipts += 1
    if receipts:
        said.append("%d receipts" % receipts)
    print("verified: %s; %s, root %s" % (origin, ", ".join(said), base64.b64encode(root).decode()))


if __name__ == "__main__":
    try:
        main()
    except Bad as bad:
        print("does not verify: %s" % bad)
        sys.exit(3)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        print("does not verify: malformed: %s" % error)
        sys.exit(3)
    except (OSError, ImportError) as error:
        print("could not run: %s" % error, file=sys.stderr)
        sys.exit(1)
