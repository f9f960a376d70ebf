"""Personal data and secrets in texts: located and counted, never shown. Patterns with guards against what only looks like it."""

from __future__ import annotations

import re

EMAIL_SIGNS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_EMAIL = re.compile(
    r"(?P<before>\S{0,40}?)\b(?P<local>[A-Za-z0-9._%+-]+)@(?P<host>(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?P<after>[\w/:.@]{0,40})"
)
# Parts of addresses that are made up: name.familyname@..., otheremail@..., user@mycompanydomain.com, x@contoso.com
_MADE_UP = re.compile(
    r"(^|[._+-])(other|some|my|your|from|to)?(e?mail|name|user|person|address|somebody|someone)([._+-]|$|\d)",
    re.IGNORECASE,
)
_MADE_UP_HOST = re.compile(
    r"^(my|your|some|the|our)?(company|domain|organi[sz]ation|org|host|site|corp|server|test|not|foo|bar|baz|abc|xyz|acme|contoso|fabrikam|email)+$|^(.)\3*$|^(lists?|mail-?lists?)$",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    [
        "noreply",
        "no-reply",
        "donotreply",
        "do-not-reply",
        "example",
        "test",
        "user",
        "username",
        "name",
        "foo",
        "bar",
        "someone",
        "you",
        "your",
        "git",
        "hg",
        "svn",
        "root",
        "admin",
    ]
)
# Hosts that documentation reserves or that nobody receives mail at.
# Source: https://www.rfc-editor.org/rfc/rfc2606 reserves example.*, .test, .invalid and .localhost.
_NO_HOSTS = re.compile(
    r"(^|\.)(example|test|invalid|localhost|local|internal|localdomain)(\.(com|org|net|edu))?$|\.(example|test|invalid|local|internal|realm|windows\.net)$",
    re.IGNORECASE,
)
_FILES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "xpi",
        "jar",
        "so",
        "js",
        "css",
        "html",
        "xml",
        "json",
        "md",
        "java",
        "py",
        "txt",
        "log",
        "zip",
        "dll",
        "exe",
        "service",
    ]
)
_LISTS = re.compile(
    r"(^|[-.])(dev|users?|issues|commits|announce|list|lists|general|discuss|support|security|bugs?)$|^(dev|list|lists)[-.]",
    re.IGNORECASE,
)


def is_persons_email(text: str) -> bool:
    """Return whether a text holds the address of a person's mailbox.

    Not counted: reserved hosts, principals (user/host@REALM), addresses of storage and of version control, file names, lists.

    >>> is_persons_email("ask ada.lovelace@mail.org"), is_persons_email("hdfs/nn1@EXAMPLE.COM"), is_persons_email("git@github.com:a/b")
    (True, False, False)
    """
    return any(_is_persons(match) for match in _EMAIL.finditer(text[:200_000]))


def _is_persons(match: re.Match[str]) -> bool:
    before, local, host, after = (match[name] for name in ("before", "local", "host", "after"))
    if before.endswith(("/", ":", "=", "://")) and ("://" in before or "/" in before):
        return False
    if after[:1] in ("/", ":") and after[:2] != ":":
        return False
    if host.upper() == host or local.casefold() in _NOBODY or _LISTS.search(local) or _NO_HOSTS.search(host):
        return False
    if _MADE_UP.search(local) or any(_MADE_UP_HOST.match(label) for label in host.split(".")[:-1]):
        return False
    return host.rpartition(".")[2].casefold() not in _FILES and not local.isdigit()


KEY_SIGNS = (
    r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bsk_live_[A-Za-z0-9]{20,}|\bAIza[0-9A-Za-z_-]{35}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
)
CARD_SIGNS = r"\b[3456]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,4}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b"
_CARD = re.compile(
    r"(?<![\w./=-])(?:(?:4\d{3}|5[1-5]\d{2}|6011|65\d{2})(?P<sign>[ -])\d{4}(?P=sign)\d{4}(?P=sign)\d{4}|3[47]\d{2}(?P<short>[ -])\d{6}(?P=short)\d{5})(?![\w./-])"
)
_BARE_CARD = re.compile(r"(?<![\w./=-])(?:4\d{15}|5[1-5]\d{14}|6011\d{12}|3[47]\d{13})(?![\w./-])")
_CARD_WORDS = re.compile(r"card|visa|master|amex|karte|carte|tarjeta|pan\b|cvv|cvc", re.IGNORECASE)


def is_card(text: str) -> bool:
    """Return whether a text holds the number of a payment card: written in groups, or bare beside a word that says so, and valid.

    >>> is_card("card 4111111111111111"), is_card("4111 1111 1111 1111"), is_card("build 4111111111111111"), is_card("4111 1111 1111 1112")
    (True, True, False, False)
    """
    grouped = [match[0] for match in _CARD.finditer(text)]
    bare = [match[0] for match in _BARE_CARD.finditer(text)] if _CARD_WORDS.search(text) else []
    return any(_passes_luhn(number) for number in (*grouped, *bare))


def _passes_luhn(number: str) -> bool:
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


PHONE_SIGNS = r"(\+|00)[1-9][\d ()./-]{7,18}\d|\(\d{3}\) ?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b"
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?\d{2,4}(?:[ ./-]\d{2,8}){1,4}|\+[1-9]\d{9,13}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w.-])"
)


def is_phone(text: str) -> bool:
    """Return whether a text holds a telephone number in an international or American form.

    >>> is_phone("call +49 30 1234567"), is_phone("(555) 123-4567"), is_phone("1.2.3-4567"), is_phone("2.53.10")
    (True, True, False, False)
    """
    return _PHONE.search(text) is not None


IP_SIGNS = r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"
_IP = re.compile(
    r"(?P<before>[\w.-]{0,20}[ (@/:=]{0,2})(?<![\d.])(?P<ip>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.]*\d)(?P<after>.{0,12})"
)
_VERSION = re.compile(
    r"(version|release|ver|v|to|from|upgrade|bump|update|build|sdk|jdk|java|windows|[a-z]+[-_/])[ (@/:=]*$",
    re.IGNORECASE,
)


def is_ip_address(text: str) -> bool:
    """Return whether a text holds an IPv4 address; versions with four parts are not counted.

    >>> is_ip_address("no route to 192.168.1.20"), is_ip_address("Upgrade jackson to 2.9.10.2"), is_ip_address("host 80.241.60.199 down")
    (True, False, True)
    """
    return any(_is_address(match) for match in _IP.finditer(text))


def _is_address(match: re.Match[str]) -> bool:
    parts = [int(part) for part in match["ip"].split(".")]
    if any(part > 255 for part in parts) or parts[0] in (0, 127) or match["ip"].endswith(".0"):
        return False
    is_private = parts[0] == 10 or parts[:2] == [192, 168] or (parts[0] == 172 and 16 <= parts[1] <= 31)
    if _VERSION.search(match["before"]) and parts[:2] != [192, 168]:
        return False
    large = sum(part >= 20 for part in parts)
    return parts[:2] == [192, 168] or large >= 3 or (is_private and large >= 1 and parts[3] > 0)
