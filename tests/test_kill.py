"""A dead kernel loses nothing: a child process is killed in the middle of a run, another one goes on."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.sandbox import Sandbox

CHILD = """
import sys
import truto_tickets_nb as tt
from truto_tickets_nb.api.throttle import Throttle
account = tt.connect(*sys.argv[1:4], home=sys.argv[4])
account._client.budget = Throttle.unlimited()
snapshot = account.load()
df = snapshot.frame()
df["name"] = df["name"].str.strip() + " (seen)"
account.apply(snapshot.plan(df), confirm=len(snapshot))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("after", [1, 40])
def test_killed_run_is_finished_by_another_process(tmp_path, after, capfd):
    """Every ticket is changed exactly once, the undo knows all of them, the server stays silent, no token is written down."""
    with Sandbox("jira", 150, limit=None) as box:
        reach = (box.token, box.account_id, box.url)
        with subprocess.Popen([sys.executable, "-c", CHILD, *reach, str(tmp_path)]) as child:
            while sum(seen.method == "PATCH" for seen in box.requests()) < after:
                assert child.poll() is None
                time.sleep(0.005)
            child.kill()
        with tt.connect(*reach, home=tmp_path) as account:
            account._client.budget = account._client.budget.unlimited()
            run = account.resume()
        assert (run.counts, len(run.undo())) == ({"applied": 150}, 150)
        assert {len(box.history(ticket["id"])) for ticket in box.tickets()} == {1}
    assert box.token.encode() not in (tmp_path / "journal.sqlite").read_bytes()
    assert (tmp_path / "journal.sqlite").stat().st_mode & 0o777 == 0o600
    assert "Traceback" not in capfd.readouterr().err
