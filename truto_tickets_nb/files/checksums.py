"""Digests inside files: what is read is what was written, or the file is damaged. They guard against accidents, not against people."""

from __future__ import annotations

import hashlib
import re

_SEAL = re.compile(rb'\{"digest":"([0-9a-f]{64})",')


def digest(*parts: bytes) -> str:
    """Compute the SHA-256 of some bytes: 64 hex digits."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()


def sealed(data: bytes) -> bytes:
    """Put the digest of a JSON object into it, as its first key.

    >>> unsealed(sealed(b'{"steps":[]}'))
    b'{"steps":[]}'
    """
    return b'{"digest":"%s",' % digest(data).encode() + data[1:]


def unsealed(data: bytes) -> bytes:
    """Take the digest out of a JSON object again; a ValueError where there is none, or where it is not that of the rest.

    >>> unsealed(sealed(b'{"steps":[]}').replace(b"steps", b"stops"))
    Traceback (most recent call last):
    ...
    ValueError: its content is not what was saved
    """
    seal = _SEAL.match(data)
    if seal is None:
        raise ValueError("its digest is missing")
    content = b"{" + data[seal.end() :]
    if digest(content).encode() != seal[1]:
        raise ValueError("its content is not what was saved")
    return content
