"""A server every text of which is hostile: what an account, its lists, its tickets and its refusals say."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

ACCOUNT, TOKEN = "hostile-account", "hostile-canary-token-7d1e"


class Hostile:
    """Serve one account whose texts all hold `evil`; `refuses` answers each PATCH with a refusal that echoes it and the token."""

    def __init__(self, evil, *, refuses=False):
        self.evil, self.refuses = evil, refuses
        handler = type("Handler", (Handler,), {"hostile": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.tickets = {one["id"]: one for one in map(self.ticket, range(1, 5))}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def named(self, key):
        return {"id": key, "name": f"{key} {self.evil}"}

    def ticket(self, number):
        evil = self.evil
        return {
            "id": f"{number}{evil}" if number < 3 else str(number),
            "name": f"title {number} {evil}", "description": f"{evil} text", "status": self.named("s1"), "priority": self.named("p1"),
            "ticket_type": self.named(f"t1{evil}"), "assignees": [self.named("u1")], "tags": [self.named("g1")],
            "workspace": self.named("w1"), "due_date": "2026-01-31T00:00:00Z", "created_at": evil, "updated_at": "2026-01-01T00:00:00Z",
            "custom_fields": {f"key {evil}": f"value {evil}", "list": [evil]}, f"field {evil}": evil,
        }  # fmt: skip

    def answer(self, method, path, body):
        """Answer a request as status and JSON."""
        rest = path.removeprefix("/unified/ticketing/")
        if path.startswith("/integrated-account/"):
            return 200, {
                "id": ACCOUNT,
                "status": "active",
                "tenant_id": self.evil,
                "integration": {"name": "jira"},
                "label": self.evil,
            }
        if rest.startswith("tickets/meta/"):
            properties = {"name": {"type": "string"}, "custom_fields": {"properties": {f"key {self.evil}": {"type": "string", "label": self.evil, "enum": [self.evil]}}}}  # fmt: skip
            return 200, {"method": self.evil, "request_body_schema": {"properties": properties}, "query_schema": {}}
        if rest == "tickets":
            return 200, {"result": list(self.tickets.values()), "next_cursor": None}
        if rest.startswith("tickets/"):
            key = rest[8:]
            return self.one(method, key, body) if key in self.tickets else self.refusal(404)
        lists = {"users": "u", "tags": "g", "ticket_status": "s", "ticket_priorities": "p", "workspaces": "w"}
        if rest in lists:
            return 200, {"result": [self.named(f"{lists[rest]}{n}") for n in (1, 2)], "next_cursor": None}
        return self.refusal(404)

    def one(self, method, key, body):
        if method == "PATCH":
            if self.refuses or key == "3":
                return self.refusal(422)
            self.tickets[key] = {**self.tickets[key], **body}
        return 200, self.tickets[key]

    def refusal(self, status):
        said = f"refused {self.evil} for {TOKEN}"
        insight = {"missing_scopes": [said], "missing_fields": [said], "description": said, "rate_limit_error": None}
        body = {
            "statusCode": status,
            "error": said,
            "message": said,
            "truto_is_remote_error": True,
            "truto_error_insight": insight,
        }
        return status, {**body, "raw_response": {"errors": [{"message": said, "path": said}]}, "details": {"failures": [{"path": said, "message": said}]}}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    hostile: Hostile
    protocol_version, wbufsize = "HTTP/1.1", -1

    def answered(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, found = self.hostile.answer(self.command, unquote(urlsplit(self.path).path), body)
        content = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PATCH = answered  # noqa: N815

    def log_message(self, *_):
        return
