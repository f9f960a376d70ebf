"""How fast a tool may be asked: below its vendor's limit, in small windows, so that Truto's own limit holds as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from truto_tickets_nb.integrations.profile import Profile

WINDOW = 10  # seconds, as Truto's own (https://truto.one/docs/api-reference/overview/rate-limits)
SHARE = 0.9  # of the vendor's limit: people use the tool as well


def pace(profile: Profile, steps: int = 0) -> str:
    """Return how many requests go out in a window, in the form of a `ratelimit-limit` header; "" where no limit is known.

    Each request of ours is taken for one of the vendor's, which is our assumption; a write that counts as two is reckoned as two.
    `steps` are the calls of the vendor that an update needs besides, where the account tells them.

    >>> from truto_tickets_nb.integrations.profile import profile
    >>> pace(profile("asana")), pace(profile("zohoprojects")), pace(profile("helpshift"))
    ('22;w=10', '7;w=10', '')
    >>> pace(profile("asana"), steps=2)
    '11;w=10'
    """
    limit, cost = profile.fact("limit").value, profile.fact("write_cost").value or 1
    if not limit:
        return ""
    count = SHARE * limit["requests"] * WINDOW / limit["seconds"] * 2 / (1 + cost + steps)
    return f"{max(1, int(count))};w={WINDOW}"
