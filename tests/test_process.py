"""Which process works on something: known by its number and when it began, on any system and across machines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from truto_tickets_nb import process


def test_work_is_alive_until_it_is_released():
    """This process works on what it marked, and on nothing else."""
    began = process.mark("a run")
    assert process.is_alive("a run", os.getpid(), began)
    assert not process.is_alive("another run", os.getpid(), began)
    process.release("a run")
    assert not process.is_alive("a run", os.getpid(), began)


def test_another_process_is_alive_until_it_ends():
    """Its number alone proves nothing: it must have begun when the owner did."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        began = process._began(child.pid)
        assert process.is_alive("run", child.pid, began)
        assert not process.is_alive("run", child.pid, f"{float(began) - 60:.2f}"), "a number that was used again"
        assert not process.is_alive("run", child.pid, "nonsense")
        child.communicate(b"\n")
    assert not process.is_alive("run", child.pid, began)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no zombies")
def test_killed_process_that_nobody_asked_after_is_gone():
    """A kernel that was killed and not yet collected by its parent does not keep its runs."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    began = process._began(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_alive("run", child.pid, began)
    child.communicate()


def test_clock_of_the_machine_may_change(monkeypatch):
    """When a process began is told in a form that a change of the clock leaves alone."""
    began = process.mark("run")
    if psutil.LINUX:
        later, created = psutil.boot_time() + 3600, psutil.Process().create_time() + 3600
        monkeypatch.setattr(psutil, "boot_time", lambda: later)
        monkeypatch.setattr(psutil.Process, "create_time", lambda _self: created)
    assert process.is_alive("run", os.getpid(), began)
    process.release("run")


@pytest.mark.skipif(not psutil.LINUX, reason="other systems had no such mark")
def test_mark_of_an_earlier_version_is_understood():
    """Earlier versions noted ticks since the start of the machine."""
    with open(f"/proc/{os.getpid()}/stat") as file:  # noqa: PTH123
        ticks = file.read().rpartition(")")[2].split()[19]
    process.mark("run")
    assert process.is_alive("run", os.getpid(), ticks)
    process.release("run")


@pytest.mark.parametrize("pid", [None, 0, -1, 2**40])
def test_number_that_is_none_is_gone(pid):
    """A row without an owner, or with a damaged one, keeps nobody waiting."""
    assert not process.is_alive("run", pid, "")


def test_owner_on_another_machine_is_not_taken_for_gone():
    """From here nobody can tell: that is an answer of its own."""
    assert process.standing("run", 4711, "12.00", "another machine") == "elsewhere"
    assert process.standing("run", 2**22 + 5, "12.00", process.host()) == "gone"
    assert process.standing("run", 2**22 + 5, "12.00", "") == "gone"
