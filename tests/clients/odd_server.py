"""A server of the API that answers one kind of question oddly, in raw bytes: what no HTTP library would let a test write.

It keeps three tickets and knows seven places of oddity. `odd` is what goes over the line instead of the right answer: bytes, or a
function that gets the socket; `times` says how often (None: always).
"""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
import urllib.parse

ACCOUNT, TOKEN = "odd-account", "odd-server-secret-4f1c77"
PLACES = ("ACCOUNT", "LIST", "GET", "PATCH", "META", "CAPABILITIES", "COMPANION")
LISTS = ("users", "tags", "fields")  # the companion lists that it has


def a_ticket(number):
    return {
        "id": str(number), "name": f"ticket {number}", "status": {"id": "1", "name": "Open"}, "tags": [{"id": "t", "name": "red"}],
        "assignees": [], "due_date": "2026-01-31", "is_unread": False, "custom_fields": {"region": "EU"},
        "workspace": {"id": "w", "name": "Shop"}, "updated_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip


RIGHT = {
    "ACCOUNT": {"id": ACCOUNT, "status": "active", "is_sandbox": False, "integration": {"name": "jira"}},
    "META": {"request_body_schema": {"type": "object", "properties": {"name": {"type": "string"}, "status": {"enum": ["Open"]}, "tags": {}, "due_date": {}, "custom_fields": {}}},
             "query_schema": {"properties": {"status": {}}, "required": []}},
    "CAPABILITIES": {"unified": [{"model": "ticketing", "resource": "tickets", "methods": ["list", "get", "update"]}], "account": {"status": "active"}},
    "COMPANION": {"result": [{"id": "1", "name": "Ada"}], "next_cursor": None},
}  # fmt: skip


def http(body, *heads, status="200 OK", kind="application/json"):
    """Write an answer as bytes: body (bytes, text, or JSON), more header lines."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status}", *([f"content-type: {kind}"] if kind else []), *heads, f"content-length: {len(data)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


class OddServer(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, place="", odd=b"", times=None, tickets=3):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.place, self.odd, self.left = place, odd, 10**9 if times is None else times
        self.lock, self.strikes, self.asked = threading.Lock(), 0, []
        self.tickets = {str(n): a_ticket(n) for n in range(1, tickets + 1)}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        """Say nothing of clients that hang up."""

    def is_struck(self, place):
        with self.lock:
            if place != self.place or self.left <= 0:
                return False
            self.left -= 1
            self.strikes += 1
            return True

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def place_of(method, path):
    """Tell which of the seven places a request belongs to, and its last part."""
    last = urllib.parse.unquote(path.rpartition("/")[2])
    if path.startswith("/integrated-account/"):
        return ("CAPABILITIES" if last == "capabilities" else "ACCOUNT"), last
    if "/tickets/meta/" in path:
        return "META", last
    if path.endswith("/ticketing/tickets"):
        return "LIST", last
    return (method if "/tickets/" in path else "COMPANION"), last


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError, ValueError):
            while self._one():
                pass

    def _one(self):
        line = self.rfile.readline(1 << 20).decode("latin-1")
        if not line.strip():
            return False
        method, target, _ = line.split(" ", 2)
        headers = {}
        while (head := self.rfile.readline(1 << 20).decode("latin-1").strip()) != "":
            name, _, value = head.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length") or 0))
        place, last = place_of(method, target.partition("?")[0])
        self.server.asked.append((place, target, headers, body))
        if (place != "COMPANION" or last in LISTS) and self.server.is_struck(place):
            self.server.odd(self.request) if callable(self.server.odd) else self.request.sendall(self.server.odd)
            return False
        self.request.sendall(self._right(place, last, body))
        return True

    def _right(self, place, last, body):
        if place == "LIST":
            return http({"result": list(self.server.tickets.values()), "next_cursor": None})
        if place in ("GET", "PATCH") and last in self.server.tickets:
            if place == "PATCH":
                with self.server.lock:
                    self.server.tickets[last].update(json.loads(body))
            return http(self.server.tickets[last])
        if place in RIGHT and (place != "COMPANION" or last in LISTS):
            return http(RIGHT[place])
        return http({"message": "nothing here"}, status="404 Not Found")


def drip(head, byte=b" ", pause=0.05, seconds=30.0):
    """Make an answer that begins with some bytes and then goes on with one byte after the other."""

    def send(connection):
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(byte)
            time.sleep(pause)

    return send
