"""Put foreign text into a program: as a comment, or as a literal that gives the very same text and hides nothing from a reader."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import orjson

from truto_tickets_nb.errors import PlanError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.tickets.json_values import Json

LONGEST = 100  # characters of a title in a comment
_SAFE = 2**53 - 1  # the largest whole number that JavaScript holds exactly


def comment(sign: str, text: str) -> str:
    r"""Write one line of comment: what would end a line or a script, or turn the order of letters, is replaced.

    >>> comment("#", "7: </script>\u2028rm -rf \u202e\ud800\x00x")
    '# 7: < /script> rm -rf ���x'
    """
    return f"{sign} {shorten(text, LONGEST)}".replace("</", "< /").replace("<!", "< !").rstrip()


def lines(sign: str, texts: Iterable[str]) -> str:
    """Write a block of comment."""
    return "\n".join(comment(sign, text) for text in texts)


def bash(text: str) -> str:
    r"""Quote for a shell; what can't be seen is written as bytes.

    >>> print(bash("it's"), bash("10001"), bash("a\u202e\n"))
    'it'"'"'s' 10001 $'a\xe2\x80\xae\x0a'
    """
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_byte(char) for char in text) + "'"


def _byte(char: str) -> str:
    if char in "\\'":
        return "\\" + char
    return char if char.isprintable() else "".join(f"\\x{byte:02x}" for byte in char.encode())


def python(text: str) -> str:
    r"""Quote for Python; what can't be seen is escaped.

    >>> print(python("10001"), python('{"name":"a"}'), python("a\u202e'\""))
    "10001" '{"name":"a"}' 'a\u202e\'"'
    """
    written = repr(text)
    return written if written[0] == '"' or '"' in text else f'"{written[1:-1]}"'


def python_value(value: Json) -> str:
    """Write JSON as Python does.

    >>> print(python_value({"status": {"id": "2"}, "due_date": None, "tags": ["a"]}))
    {"status": {"id": "2"}, "due_date": None, "tags": ["a"]}
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python(key)}: {python_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(python_value, value)) + "]"
    return python(value) if isinstance(value, str) else repr(value)


def javascript(text: str) -> str:
    r"""Quote for JavaScript; what can't be seen is escaped, and nothing ends a script in a page of HTML.

    >>> print(javascript("10001"), javascript('{"a":"${x}`"}'), javascript("\u2028</script><!--"))
    "10001" '{"a":"${x}`"}' "\u2028<\/script><\!--"
    """
    quote = "'" if text.count('"') > text.count("'") else '"'
    written = "".join("\\" + char if char in (quote, "\\") else _units(char) for char in text)
    return quote + written.replace("</", "<\\/").replace("<!--", "<\\!--") + quote


def _units(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


def javascript_value(value: Json) -> str:
    """Write JSON as an object literal; a number that JavaScript would round is refused.

    >>> print(javascript_value({"status": {"id": "2"}, "__proto__": None, "tags": ["a"]}))
    { "status": { "id": "2" }, ["__proto__"]: null, "tags": ["a"] }
    """
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)}: {javascript_value(item)}" for key, item in value.items()) + " }"
            if value
            else "{}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(javascript_value, value)) + "]"
    if isinstance(value, int) and abs(value) > _SAFE:
        raise PlanError(
            f"JavaScript would round the number {value}. Use to_javascript(), which sends bodies as they are."
        )
    return javascript(value) if isinstance(value, str) else orjson.dumps(value).decode()


def _key(key: str) -> str:
    return '["__proto__"]' if key == "__proto__" else javascript(key)
