"""A second server of the same API, written from Truto's documents alone; where they are silent it does what ours does not.

It shares no code with the practice server. Each oddity is a switch, so that a test can play one of them or all.
"""

from __future__ import annotations

import json
import random
import re
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from clients.other_tickets import ACCOUNT, BERLIN, LISTS, MANY, ONE, REASON, TOKEN, seed


class Other:
    """Serve one account of a tool called otherdesk."""

    def __init__(self, *odd):
        self.odd, self.tickets, self.seen, self.turn = set(odd), seed(), [], 0
        handler = type("Handler", (Handler,), {"other": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, query, body):
        """Answer a request as status and JSON."""
        self.turn += 1
        if path == f"/integrated-account/{ACCOUNT}":
            return 200, {"id": ACCOUNT, "status": "active", "integration": {"name": "otherdesk"}, "tenant_id": "t"}
        if not path.startswith("/unified/ticketing/") or query.get("integrated_account_id") != [ACCOUNT]:
            return self.offered() if path.endswith("/capabilities") else self.error(404, "Not Found", "no such place")
        if "busy" in self.odd and self.turn % 10 == 0:
            return self.error(429, "Too Many Requests", "slow down")
        resource, _, identity = path.removeprefix("/unified/ticketing/").partition("/")
        if resource != "tickets":
            return self.companions(resource)
        if not identity:
            return self.page(query)
        if identity not in self.tickets:
            return (
                self.schema(identity)
                if identity.startswith("meta/")
                else self.error(404, "Not Found", "no such ticket")
            )
        return self.change(identity, body) if method == "PATCH" else self.single(identity)

    def offered(self):
        rows = [{"model": "ticketing", "resource": "tickets", "methods": ["list", "get", "update"]}]
        return (
            self.error(404, "Not Found", "")
            if "mute" in self.odd
            else (200, {"unified": rows, "account": {"id": ACCOUNT, "status": "active"}})
        )

    def schema(self, identity):
        names = ("name", *ONE, *MANY, "description", "due_date", "custom_fields")
        properties = {"properties": {name: {"type": "string"} for name in names}}
        told = {"method": identity.removeprefix("meta/"), "request_body_schema": properties, "query_schema": {}}
        return self.error(404, "Not Found", "") if "mute" in self.odd else (200, told)

    def companions(self, resource):
        if resource not in LISTS or ("alone" in self.odd and resource != "users"):
            return self.error(404, "Not Found", f"no {resource} here")
        return 200, {"result": [self.named(resource, key) for key in LISTS[resource]], "next_cursor": None}

    def page(self, query):
        size = 2 if "pages" in self.odd else int(query.get("limit", ["50"])[0])
        start = int(re.search(r"\d*$", query.get("next_cursor", ["0"])[0])[0])
        left_out = {"description", "custom_fields", "tags"} if "partial" in self.odd else {}
        shown = [self.shown(row) for row in self.tickets.values()]
        rows = [{key: value for key, value in row.items() if key not in left_out} for row in shown]
        sign = "/?&=+% ü💥" if "cursor" in self.odd else "p"
        later = f"{sign}{start + size}" if start + size < len(rows) else None
        envelope = {"result": rows[start : start + size], "next_cursor": later}
        return 200, {**envelope, "is_partial_response": True} if "partial" in self.odd else envelope

    def single(self, identity):
        shown = self.shown(self.tickets[identity])
        return 200, {"result": shown} if "wrapped" in self.odd else shown

    def change(self, identity, body):
        """Merge a body into a ticket; a word in a name is refused, to have something to refuse."""
        if "refuse" in str(body.get("name")):
            return self.error(422, "Unprocessable Entity", REASON)
        old = self.tickets[identity]
        made = {
            **old,
            "updated_at": datetime.now(UTC).isoformat(),
            **{key: self.taken(key, value, old.get(key)) for key, value in body.items()},
        }
        self.tickets[identity] = {key: value for key, value in made.items() if value not in (None, "", [], {})}
        return self.single(identity)

    def taken(self, key, value, old):
        if key in ONE:
            return value and self.known(ONE[key], value)
        if key in MANY:
            return [self.known(MANY[key], item) for item in value or []]
        if key == "custom_fields":
            return {name: item for name, item in {**(old or {}), **value}.items() if item is not None}
        return datetime.fromisoformat(value).astimezone(UTC).isoformat() if key == "due_date" and value else value

    def known(self, resource, item):
        told = {str(part) for part in (item.values() if isinstance(item, dict) else [item])}
        return next(key for key, name in LISTS[resource].items() if told & {key, name})

    def named(self, resource, key):
        return {"id": int(key) if "numbers" in self.odd else key, "name": LISTS[resource][key]}

    def shown(self, row):
        """Write a ticket as this server does."""
        bare = ("status", "ticket_type") if "bare" in self.odd else ()
        made = {**row, "id": int(row["id"]) if "numbers" in self.odd else row["id"]}
        made |= {
            key: LISTS[ONE[key]][row[key]] if key in bare else self.named(ONE[key], row[key])
            for key in ONE
            if key in row
        }
        made |= {key: [self.named(MANY[key], item) for item in row[key]] for key in MANY if key in row}
        made |= {key: self.time(row[key]) for key in ("due_date", "updated_at", "created_at") if key in row}
        left_out = ("updated_at", "created_at", "workspace", "assignees") if "missing" in self.odd else ()
        none = dict.fromkeys((*ONE, *MANY, "description", "due_date", "priority", "custom_fields", "number", "contact"))
        return {
            **(none if "null" in self.odd else {}),
            **{key: value for key, value in made.items() if key not in left_out},
        }

    def time(self, text):
        when = datetime.fromisoformat(text)
        return (
            when.astimezone(BERLIN).isoformat(timespec="microseconds")
            if "dates" in self.odd
            else when.isoformat().replace("+00:00", "Z")
        )

    def error(self, status, words, message):
        body = {"statusCode": status, "error": words, "message": message}
        if "failures" in self.odd and status == 422:
            body |= {"message": "Validation failed", "details": {"failures": [{"path": "name", "message": message}]}}
        if "silent" in self.odd and status == 422:
            body |= {"message": "", "truto_is_remote_error": True, "raw_response": {"errors": [{"text": message}]}}
        return status, body

    def dressed(self, value):
        """Add fields that nobody names to every object, and turn its keys round."""
        if isinstance(value, list):
            return [self.dressed(item) for item in value]
        if not isinstance(value, dict):
            return value
        rows = [(key, item if key == "custom_fields" else self.dressed(item)) for key, item in value.items()]
        rows += [("x_internal", {"id": "1", "name": "odd"}), ("_links", [None])] if "extra" in self.odd else []
        return dict(random.Random(self.turn).sample(rows, len(rows)) if "order" in self.odd else rows)


class Handler(BaseHTTPRequestHandler):
    other: Other
    protocol_version, wbufsize = "HTTP/1.1", -1  # an answer goes out in one piece

    def answered(self):
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        asked = (self.command, unquote(parts.path), parse_qs(parts.query, keep_blank_values=True), body)
        status, found = self.other.answer(*asked) if allowed else self.other.error(401, "Unauthorized", "no")
        self.other.seen.append((*asked, status))
        self.written(status, found)

    def written(self, status, found):
        content = json.dumps(self.other.dressed(found)).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content))}
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
        headers |= {"Retry-After": soon} if status == 429 else {}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.lower() if "lower" in self.other.odd else name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PATCH = answered  # noqa: N815  (names that http.server asks for)

    def log_message(self, *_):
        return
