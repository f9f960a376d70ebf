"""Connecting: token and account are checked at once, and the error says which one is wrong."""

from __future__ import annotations

import pickle

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.api.client import Client
from truto_tickets_nb.errors import AccountBlocked, NeedsReauth, NotFound, SetupError, TokenRefused


def arguments(account, **changed):
    box = account.sandbox
    return {"token": box.token, "account_id": box.account_id, "base_url": box.url} | changed


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("TRUTO_API_TOKEN", "TRUTO_INTEGRATED_ACCOUNT_ID", "TRUTO_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_environment_is_enough(account, monkeypatch):
    """What is not given comes from the environment."""
    for name, value in zip(
        ("TRUTO_API_TOKEN", "TRUTO_INTEGRATED_ACCOUNT_ID", "TRUTO_BASE_URL"), arguments(account).values(), strict=True
    ):
        monkeypatch.setenv(name, value)
    with tt.connect() as found:
        assert found.integration == "jira"


def test_no_token_says_where_to_put_it():
    """Without a terminal nobody can be asked."""
    with pytest.raises(SetupError, match="TRUTO_API_TOKEN"):
        tt.connect()


@pytest.mark.parametrize("token", ["  ", "a b", "abc\n", '"abc\t"', "tökén"])
def test_token_with_something_around_it_is_refused_unseen(account, token):
    """The message helps and never shows the token."""
    with pytest.raises(SetupError) as caught:
        tt.connect(**arguments(account, token=token))
    assert "abc" not in str(caught.value)


def test_wrong_token_and_wrong_account_are_told_apart(account):
    """Which one is wrong is said."""
    with pytest.raises(TokenRefused, match="token"):
        tt.connect(**arguments(account, token="wrong"))
    with pytest.raises(NotFound, match="Integrated account"):
        tt.connect(**arguments(account, account_id="nobody"))


def test_account_that_needs_reauthentication(account):
    """The person who owns the connection must act, and the message says so."""
    account.sandbox.set_account(status="needs_reauth")
    with pytest.raises(SetupError, match="connect it again"):
        tt.connect(**arguments(account))
    with pytest.raises(NeedsReauth, match="connect it again"):
        account.load()


def test_blocked_account(account):
    """A blocked account stops at once."""
    account.sandbox.set_account(blocked=True)
    with pytest.raises(AccountBlocked, match="support"):
        account.load()


@pytest.mark.parametrize(
    "url", ["http://api.truto.one", "ftp://x", "api.truto.one", "https://u:p@x.example", "https://x.example?a=1"]
)
def test_addresses_that_would_leak_the_token_are_refused(url):
    """Plain http only to this very machine."""
    with pytest.raises(SetupError):
        Client("t", "a", url)


def test_token_is_in_no_repr_and_no_pickle(account):
    """Secrets rest nowhere."""
    client = account._client
    text = repr([account, client, vars(client)])
    assert account.sandbox.token not in text
    with pytest.raises(SetupError):
        pickle.dumps(client)


def test_sandbox_of_a_real_account_is_refused(account):
    """A real account has no sandbox behind it."""
    with tt.connect(**arguments(account)) as real, pytest.raises(SetupError, match="real account"):
        _ = real.sandbox
