"""The exit statuses of every command, and what --help says of them."""

from __future__ import annotations

DONE = 0  # done, or nothing to do
FAILED = 1  # not done, or not all of it; a command line that can't be read too
CHANGES = 2  # the plan has changes, or the audit findings: somebody should look at them
UNCONFIRMED = 3  # nothing was sent, because the number to confirm is missing or another one
INTERRUPTED = 130  # Ctrl-C, as shells have it

EPILOG = """\
exit status of every command:
  0    done, or nothing to do
  1    an error, told in one line on stderr; also a command line that can't be read, and a run in which not all went well
  2    plan: there are changes to look at; audit: findings as severe as --fail-on
  3    apply, undo, resume, demo, runs --prune: nothing was sent or removed, because the number to confirm is missing or wrong
  130  interrupted by Ctrl-C
A reader that closes the pipe (| head) changes nothing of that. What the terminal's encoding lacks is written as \\uXXXX.
The token is read from TRUTO_API_TOKEN; see also TRUTO_INTEGRATED_ACCOUNT_ID, TRUTO_BASE_URL and TRUTO_TICKETS_HOME.
"""
