"""The certificates to trust, loaded once: that takes as long as a hundred requests to a server nearby."""

from __future__ import annotations

import os
import ssl
from functools import cache

import httpx


def trusted(base_url: str) -> ssl.SSLContext:
    """Return what a client trusts: nobody where no TLS is spoken, else what httpx does.

    >>> trusted("http://127.0.0.1:8000").get_ca_certs()
    []
    """
    if base_url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _certificates(os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", ""))


@cache
def _certificates(_file: str, _folder: str) -> ssl.SSLContext:
    return httpx.create_ssl_context()
