#!/usr/bin/env python3
"""A client of a zonecache zone, written from docs/formats.md alone: Python 3.8+, standard library only.

    zonecache_client.py --node 127.0.0.1:7400 view
    zonecache_client.py --node 127.0.0.1:7400 placement KEY
    zonecache_client.py --node 127.0.0.1:7400 put FILE [--lease]
    zonecache_client.py --node 127.0.0.1:7400 get KEY... [--output FILE]
    zonecache_client.py --node 127.0.0.1:7400 purges [--since TOKEN]
    zonecache_client.py --node 127.0.0.1:7400 get-range URI ETAG OFFSET LENGTH [--output FILE]
    zonecache_client.py --node 127.0.0.1:7400 lease KEY [--wait-millis N] [--range] [--outcome filled|failed|absent|denied]

It reads and writes XOR codes, and reads Reed-Solomon ones while no data stripe is missing. Exit code 0: done, 1: failed, 2: wrong usage.
"""

import argparse
import hashlib
import http.client
import json
import random
import re
import struct
import sys
import time

MASK = (1 << 64) - 1
HEADER = struct.Struct(">4sBBBBII32s8sI")  # without the checksum at offset 60
HEADER_BYTES = 64
MAGIC = b"ZCS1"
CODES = {"XOR": 0, "REED_SOLOMON": 1}
MAX_CHUNK_BYTES = 16 * 1024 * 1024
DEFAULT_CHUNK_BYTES = 512 * 1024
TIMEOUT_SECONDS = 5.0
DEADLINE_SECONDS = 30.0
KEY = re.compile(r"[0-9a-f]{64}\Z")


class ZoneError(Exception):
    """The zone did not do what was asked."""


# --- CRC32C (Castagnoli, reflected 0x1EDC6F41), eight bytes a turn ---------------------------------------------------


def _crc_tables():
    first = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        first.append(byte)
    tables = [first]
    for _ in range(7):
        last = tables[-1]
        tables.append([first[value & 0xFF] ^ value >> 8 for value in last])
    return tables


_T = _crc_tables()


def crc32c(*pieces):
    data = b"".join(pieces)
    t0, t1, t2, t3, t4, t5, t6, t7 = _T
    crc = 0xFFFFFFFF
    whole = len(data) // 8 * 8
    for low, high in struct.iter_unpack("<II", data[:whole]):
        low ^= crc
        crc = (
            t7[low & 0xFF]
            ^ t6[low >> 8 & 0xFF]
            ^ t5[low >> 16 & 0xFF]
            ^ t4[low >> 24]
            ^ t3[high & 0xFF]
            ^ t2[high >> 8 & 0xFF]
            ^ t1[high >> 16 & 0xFF]
            ^ t0[high >> 24]
        )
    for byte in data[whole:]:
        crc = t0[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


# --- Placement -------------------------------------------------------------------------------------------------------


def mix(z):
    z ^= z >> 30
    z = z * 0xBF58476D1CE4E5B9 & MASK
    z ^= z >> 27
    z = z * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def placement(view, key):
    """The nodes of the key's stripes, coordinator first."""
    w0, w1, w2, w3 = struct.unpack(">4Q", key)
    h = mix(w0 ^ mix(w1 ^ mix(w2 ^ mix(w3))))

    def score(node):
        seeds = (
            struct.unpack(">Q", hashlib.sha256(node["id"].encode() + bytes([0, j])).digest()[:8])[0]
            for j in range(node["weight"])
        )
        return max(mix(h ^ seed) for seed in seeds)

    ordered = sorted(view["nodes"], key=lambda node: (-score(node), node["id"]))
    wanted = min(view["code"]["data"] + view["code"]["parity"], len(ordered))
    taken, domains = [], set()
    for node in ordered:
        if len(taken) < wanted and node["domain"] not in domains:
            domains.add(node["domain"])
            taken.append(node)
    for node in ordered:
        if len(taken) < wanted and node not in taken:
            taken.append(node)
    return taken


# --- Chunks ----------------------------------------------------------------------------------------------------------


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


class Chunk:
    """A chunk's key, and what its records and bytes are checked by: `length` is that of a range of an object, None for a plain key."""

    def __init__(self, view, key, length=None):
        self.key = key
        self.length = length
        self.is_hash = length is None and view["keyScheme"] == "sha256"

    @classmethod
    def of_range(cls, view, uri, etag, offset, length):
        text = "%s\n%s\n%d\n%d" % (uri, etag, offset, length)
        return cls(view, hashlib.new("sha512_256", text.encode()).digest(), length)

    def tag(self, content):
        return self.key[:8] if self.is_hash else sha256(self.key, content)[:8]

    def may_be(self, identity):
        """Whether a record can belong to the chunk."""
        _, _, _, chunk_bytes, key, tag = identity
        if key != self.key:
            return False
        if self.length is not None:
            return chunk_bytes == self.length and tag != key[:8]
        return not self.is_hash or tag == key[:8]

    def is_wrong(self, content, tag):
        return sha256(content) != self.key if self.is_hash else self.tag(content) != tag


# --- Stripes ---------------------------------------------------------------------------------------------------------


def xor(blocks):
    value = 0
    for block in blocks:
        value ^= int.from_bytes(block, "big")
    return value.to_bytes(len(blocks[0]), "big")


def encode(view, key, chunk):
    """The stripe records of a chunk with a plain key, by index."""
    code = view["code"]
    k, m = code["data"], code["parity"]
    if code["name"] != "XOR" or m > 1:
        raise ZoneError("code: %s %d+%d (expected: XOR with at most one parity stripe)" % (code["name"], k, m))
    if not 1 <= len(chunk) <= MAX_CHUNK_BYTES:
        raise ZoneError("chunk: %d bytes (expected: 1..%d)" % (len(chunk), MAX_CHUNK_BYTES))
    length = -(-len(chunk) // k)
    payloads = [chunk[i * length : (i + 1) * length].ljust(length, b"\0") for i in range(k)]
    if m == 1:
        payloads.append(xor(payloads))
    tag = Chunk(view, key).tag(chunk)
    records = []
    for index, payload in enumerate(payloads):
        header = HEADER.pack(MAGIC, CODES["XOR"], k, m, index, len(chunk), length, key, tag, 0)
        records.append(header + struct.pack(">I", crc32c(header, payload)) + payload)
    return records


def parse_records(body):
    """The good records of a body: (identity, index, payload); a damaged or unknown one is skipped, a broken body rejected."""
    records, at = [], 0
    while at < len(body):
        if len(body) - at < HEADER_BYTES:
            raise ZoneError("records: %d bytes too many" % (len(body) - at))
        magic, code, k, m, index, chunk_bytes, length, key, tag, reserved = HEADER.unpack_from(body, at)
        end = at + HEADER_BYTES + length
        if end > len(body):
            raise ZoneError("records: cut off")
        header, payload = body[at : at + 60], body[at + HEADER_BYTES : end]
        (checksum,) = struct.unpack_from(">I", body, at + 60)
        good = (
            magic == MAGIC
            and code in (0, 1)
            and 1 <= k <= 32
            and 0 <= m <= (1 if code == 0 else 16)
            and index < k + m
            and 1 <= chunk_bytes <= MAX_CHUNK_BYTES
            and length == -(-chunk_bytes // k)
            and reserved == 0
            and checksum == crc32c(header, payload)
        )
        if good:
            records.append(((code, k, m, chunk_bytes, key, tag), index, payload))
        at = end
    return records


def decode(identity, payloads):
    """The chunk, unchecked, or None while stripes are missing."""
    code, k, m, chunk_bytes, _, _ = identity
    missing = [i for i in range(k) if i not in payloads]
    if len(missing) == 1 and code == CODES["XOR"] and m == 1 and k in payloads:
        others = [payloads[i] for i in range(k) if i in payloads] + [payloads[k]]
        payloads = dict(payloads)
        payloads[missing[0]] = xor(others)
    elif missing:
        return None
    return b"".join(payloads[i] for i in range(k))[:chunk_bytes]


# --- HTTP ------------------------------------------------------------------------------------------------------------


class Zone:
    def __init__(self, node):
        self.bootstrap = node
        self.connections = {}
        self.deadline = time.monotonic() + DEADLINE_SECONDS
        self.view = None
        status, _, body = self.request(node, "GET", "/v1/view")
        if status != 200:
            raise ZoneError("view of %s: %s" % (node, problem(status, body)))
        self.view = json.loads(body)
        if not self.view["nodes"]:
            raise ZoneError("view of %s: no nodes" % node)

    def request(self, address, method, path, body=None, headers=None):
        """Status, headers and body; one more try where a kept connection turns out to be closed."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise ZoneError("deadline: %d s are over" % DEADLINE_SECONDS)
        all_headers = {"Zonecache-Deadline-Millis": str(int(1000 * min(left, TIMEOUT_SECONDS)))}
        if self.view:
            all_headers["Zonecache-Epoch"] = str(self.view["epoch"])
        all_headers.update(headers or {})
        for attempt in (1, 2):
            connection = self.connections.get(address)
            if connection is None:
                host, port = address.rsplit(":", 1)
                connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=TIMEOUT_SECONDS)
                self.connections[address] = connection
            try:
                connection.request(method, path, body, all_headers)
                response = connection.getresponse()
                return response.status, response.headers, response.read()
            except (http.client.HTTPException, ConnectionError) as e:
                connection.close()
                del self.connections[address]
                if attempt == 2:
                    raise OSError("%s: %s" % (address, e)) from e
            except OSError:
                connection.close()
                del self.connections[address]
                raise
        raise AssertionError("not reached")

    def close(self):
        for connection in self.connections.values():
            connection.close()

    def get(self, chunk):
        key = chunk.key
        path = "/v1/chunks/%s/stripes" % key.hex()
        headers = {"Zonecache-Rank": str(random.randrange(128))}
        found, uncertain = {}, []
        for pause in (0.0, 0.1, 0.3, 1.0):
            time.sleep(pause)
            uncertain = []
            for node in placement(self.view, key):
                if node["state"] != "up":
                    continue
                try:
                    status, _, body = self.request(node["address"], "GET", path, headers=headers)
                except OSError as e:
                    uncertain.append(str(e))
                    continue
                if status == 404:
                    continue
                if status != 200:
                    uncertain.append("%s: %s" % (node["id"], problem(status, body)))
                    continue
                for identity, index, payload in parse_records(body):
                    if chunk.may_be(identity):
                        found.setdefault(identity, {})[index] = payload
            for identity, payloads in found.items():
                content = decode(identity, payloads)
                if content is not None and not chunk.is_wrong(content, identity[5]):
                    return content
            if not uncertain:
                break
        held = max((len(payloads) for payloads in found.values()), default=0)
        raise ZoneError("%s: %d stripes found, not enough%s" % (key.hex(), held, "".join("; " + u for u in uncertain)))

    def put(self, key, chunk, lease=None):
        """How many stripes were stored; every node that is up must take its own."""
        records = encode(self.view, key, chunk)
        nodes = placement(self.view, key)
        bodies = {}
        for index, record in enumerate(records):
            bodies.setdefault(index % len(nodes), []).append(record)
        headers = {"Content-Type": "application/vnd.zonecache.stripes", "Zonecache-Rank": str(random.randrange(128))}
        if lease:
            headers["Zonecache-Lease"] = lease
        stored = 0
        for number, own in bodies.items():
            node = nodes[number]
            if node["state"] == "up":
                self.put_stripes(node, key, b"".join(own), headers)
                stored += len(own)
        if stored < self.view["code"]["data"]:
            raise ZoneError("%s: %d stripes stored (expected: at least %d)" % (key.hex(), stored, self.view["code"]["data"]))
        return stored

    def put_stripes(self, node, key, body, headers):
        failure = ""
        for pause in (0.0, 0.1, 0.3, 1.0, 2.0):
            time.sleep(pause)
            try:
                path = "/v1/chunks/%s/stripes" % key.hex()
                status, _, answer = self.request(node["address"], "PUT", path, body, headers)
            except OSError as e:
                failure = str(e)
                continue
            if status == 204:
                return
            failure = problem(status, answer)
            if status not in (408, 429, 503):
                break
        raise ZoneError("%s to %s: %s" % (key.hex(), node["id"], failure))

    def lease(self, key, wait_millis, seen=None, of_range=False):
        """What the first node of the placement that can be reached answers, and that node. Its nonce lasts for all tries of the question."""
        path = "/v1/chunks/%s/lease?waitMillis=%d&nonce=%016x" % (key.hex(), wait_millis, random.getrandbits(64))
        if seen:
            path += "&seen=" + seen
        if of_range:
            path += "&range=1"
        failure = "no node is up"
        for node in placement(self.view, key):
            if node["state"] == "up":
                try:
                    status, _, body = self.request(node["address"], "POST", path)
                    if status in (200, 201):
                        return node, json.loads(body)
                    failure = "%s: %s" % (node["id"], problem(status, body))
                    if status not in (421, 503):
                        break
                except OSError as e:
                    failure = str(e)
        raise ZoneError("lease of %s: %s" % (key.hex(), failure))

    def purges(self, since):
        """The newest token of the first node, and the keys purged since a token of it; None for the keys if it can't say."""
        keys = []
        while True:
            path = "/v1/purges" + ("?since=" + since if since else "")
            status, _, body = self.request(self.bootstrap, "GET", path)
            if status != 200:
                raise ZoneError("purges of %s: %s" % (self.bootstrap, problem(status, body)))
            page = json.loads(body)
            if not page["complete"]:
                return page["token"], None
            keys += page["keys"]
            if not page["more"]:
                return page["token"], keys
            since = page["token"]

    def end_lease(self, node, key, lease, outcome):
        path = "/v1/chunks/%s/lease/%s?outcome=%s" % (key.hex(), lease, outcome)
        status, _, body = self.request(node["address"], "DELETE", path)
        if status != 204:
            raise ZoneError("end of the lease of %s: %s" % (key.hex(), problem(status, body)))


def problem(status, body):
    try:
        found = json.loads(body)
        return "%d %s: %s" % (status, found.get("code"), found.get("detail"))
    except (ValueError, AttributeError):
        return "%d %r" % (status, body[:200])


# --- Command line ----------------------------------------------------------------------------------------------------


def put_file(zone, arguments):
    with open(arguments.file, "rb") as file:
        for chunk in iter(lambda: file.read(arguments.chunk_bytes), b""):
            zone.deadline = time.monotonic() + DEADLINE_SECONDS
            key = hashlib.sha256(chunk).digest()
            if arguments.lease:
                put_under_lease(zone, key, chunk)
            else:
                zone.put(key, chunk)
            print(key.hex(), flush=True)


def put_under_lease(zone, key, chunk):
    node, answer = zone.lease(key, 2000)
    if answer.get("state") == "FILLED":
        return
    if "lease" not in answer:
        raise ZoneError("lease of %s: %s (expected: a lease or FILLED)" % (key.hex(), answer))
    outcome = "failed"
    try:
        zone.put(key, chunk, answer["lease"])
        outcome = "filled"
    finally:
        zone.end_lease(node, key, answer["lease"], outcome)


def get_chunks(zone, arguments):
    write(zone, [Chunk(zone.view, key) for key in arguments.keys], arguments)


def get_range(zone, arguments):
    write(zone, [Chunk.of_range(zone.view, arguments.uri, arguments.etag, arguments.offset, arguments.length)], arguments)


def write(zone, chunks, arguments):
    output = open(arguments.output, "wb") if arguments.output else sys.stdout.buffer
    try:
        for chunk in chunks:
            zone.deadline = time.monotonic() + DEADLINE_SECONDS
            output.write(zone.get(chunk))
        output.flush()
    finally:
        if arguments.output:
            output.close()


def lease_chunk(zone, arguments):
    node, answer = zone.lease(arguments.key, arguments.wait_millis, arguments.seen, arguments.range)
    print(json.dumps(dict(answer, node=node["id"])))
    if "lease" in answer and arguments.outcome:
        zone.end_lease(node, arguments.key, answer["lease"], arguments.outcome)


def list_purges(zone, arguments):
    token, keys = zone.purges(arguments.since)
    print(json.dumps({"token": token, "complete": keys is not None, "keys": keys or []}))


def key_argument(text):
    if not KEY.match(text):
        raise argparse.ArgumentTypeError("%r (expected: 64 lower-case hex digits)" % text)
    return bytes.fromhex(text)


def chunk_bytes_argument(text):
    value = int(text)
    if not 1 <= value <= MAX_CHUNK_BYTES:
        raise argparse.ArgumentTypeError("%d (expected: 1..%d)" % (value, MAX_CHUNK_BYTES))
    return value


def parser():
    top = argparse.ArgumentParser(description="A client of a zonecache zone.")
    top.add_argument("--node", required=True, help="host:port of any node of the zone")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("view", help="print the zone's view")
    command = commands.add_parser("placement", help="print the ids of a chunk's nodes, one a line, coordinator first")
    command.add_argument("key", type=key_argument)
    command = commands.add_parser("put", help="cut a file into chunks, store them, print a key a line")
    command.add_argument("file")
    command.add_argument("--chunk-bytes", type=chunk_bytes_argument, default=DEFAULT_CHUNK_BYTES)
    command.add_argument("--lease", action="store_true", help="fill under a lease")
    command = commands.add_parser("get", help="read chunks, one after the other")
    command.add_argument("keys", type=key_argument, nargs="+", metavar="KEY")
    command.add_argument("--output", metavar="FILE")
    command = commands.add_parser("get-range", help="read a range of an S3 object, which is one chunk")
    command.add_argument("uri")
    command.add_argument("etag", help="its quotes are part of it")
    command.add_argument("offset", type=int)
    command.add_argument("length", type=int)
    command.add_argument("--output", metavar="FILE")
    command = commands.add_parser("purges", help="print the node's purge token and the keys purged since another")
    command.add_argument("--since", metavar="TOKEN")
    command = commands.add_parser("lease", help="ask for a chunk's fill lease, print the answer")
    command.add_argument("key", type=key_argument)
    command.add_argument("--wait-millis", type=int, default=2000)
    command.add_argument("--seen", choices=["FILLED"])
    command.add_argument("--range", action="store_true", help="for a range of an object, which the key stands for")
    command.add_argument("--outcome", choices=["filled", "failed", "absent", "denied"], help="end the lease so")
    return top


def main():
    arguments = parser().parse_args()
    zone = None
    try:
        zone = Zone(arguments.node)
        if arguments.command == "view":
            print(json.dumps(zone.view, indent=2))
        elif arguments.command == "placement":
            for node in placement(zone.view, arguments.key):
                print(node["id"])
        elif arguments.command == "put":
            put_file(zone, arguments)
        elif arguments.command == "get":
            get_chunks(zone, arguments)
        elif arguments.command == "get-range":
            get_range(zone, arguments)
        elif arguments.command == "purges":
            list_purges(zone, arguments)
        else:
            lease_chunk(zone, arguments)
    except (ZoneError, OSError, ValueError, KeyError) as e:
        print("zonecache_client: %s" % e, file=sys.stderr)
        return 1
    finally:
        if zone:
            zone.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
