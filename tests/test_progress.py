"""The bar: done, failed, waiting, time left; never in the way."""

from __future__ import annotations

import io

from truto_tickets_nb.show import ProgressBar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bar_tells_done_failed_and_why_it_waits():
    """The counts stay while the reason of a wait is shown."""
    terminal = Terminal()
    with ProgressBar(10, "applying", stream=terminal) as bar:
        bar.update(4, done=3, failed=1)
        bar.say("waiting 8 s: Truto's limit")
        shown = terminal.getvalue()
    assert "4/10" in shown
    assert "3 done, 1 failed, waiting 8 s: Truto's limit" in shown
    assert "left" in shown


def test_nothing_is_printed_where_nobody_looks():
    """No terminal, no bar."""
    quiet = io.StringIO()
    with ProgressBar(10, "loading", stream=quiet) as bar:
        bar.update(10)
    assert quiet.getvalue() == ""


def test_broken_terminal_never_harms_the_work():
    """A bar that can't be drawn is no reason to stop."""

    class Broken(Terminal):
        def write(self, text):
            raise OSError("gone")

    with ProgressBar(10, "loading", stream=Broken()) as bar:
        bar.update(1)
        bar.say("still working")
