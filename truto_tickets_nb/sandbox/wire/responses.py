"""How the sandbox answers: JSON, and the error envelope as Truto documents it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response


class Refusal(Exception):
    """Carry an error answer: Truto's own, or the provider's (`raw` is what it said)."""

    def __init__(self, status: int, message: str, *, raw: Any = None, insight: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.raw, self.insight = status, message, raw, dict(insight or {})
        self.headers: dict[str, str] = {}
        self.page: tuple[str, str] | None = None  # a proxy's page and its media type, instead of Truto's envelope
        self.odd_insight: Any = None  # an insight of another form than the documented one

    def body(self) -> dict[str, Any]:
        """Build the envelope."""
        body: dict[str, Any] = {
            "statusCode": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.message,
        }
        if self.raw is not None:
            body |= {"truto_is_remote_error": True, "raw_response": self.raw}
            self.insight.setdefault("remote_error", {"description": "The error comes from the provider."})
        insight = self.insight if self.odd_insight is None else self.odd_insight
        return {**body, "truto_error_insight": insight} if insight else body

    def response(self) -> Response:
        """Build the answer."""
        if self.page is not None:
            return Response(self.page[0], self.status, self.headers, media_type=self.page[1])
        return json_answer(self.body(), self.status, self.headers)


def refused(field: str, message: str, status: int = 422) -> Refusal:
    """Refuse a value as the provider would."""
    return Refusal(status, message, raw={"errors": [{"field": field, "message": message}]})


def missing_query(names: list[str]) -> Refusal:
    """Refuse a request that lacks query parameters, as Truto itself does."""
    insight = {
        "missing_required_query_parameters": {"description": "Required query parameters are missing.", "value": names}
    }
    return Refusal(400, f"Missing required query parameters: {', '.join(names)}", insight=insight)


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON; bytes are JSON already."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, status, headers, media_type="application/json; charset=utf-8")
