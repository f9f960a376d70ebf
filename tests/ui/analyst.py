"""An analyst who cleans up tickets: what she does with mouse and keyboard, by the labels that she reads."""

from __future__ import annotations

import re

from playwright.sync_api import expect

FORMS = (
    """import truto_tickets_nb as tt
account = tt.sandbox('jira', tickets=300, limit=None)
draft = account.load(progress=False).draft()
bulk = tt.BulkForm(draft)
bulk""",
    "ticket = tt.TicketForm(draft, '10005')\nticket",
    "history = tt.History(draft)\nhistory",
    "review = tt.Review(account, draft)\nreview",
)
PATCHES = "sum(seen.method == 'PATCH' for seen in account.sandbox.requests())"


class Analyst:
    """Work with the forms inside one part of a page."""

    def __init__(self, root):
        self.bulk, self.ticket = root.locator(".tt-bulk"), root.locator(".tt-form.tt-ticket").first
        self.history, self.review = root.locator(".tt-history"), root.locator(".tt-review")
        expect(self.bulk.locator(".tt-count")).to_contain_text(" of 300")

    # which tickets

    def search(self, text):
        """Look for a text in the titles."""
        self.bulk.get_by_label("search", exact=True).fill(text)
        expect(self.bulk.locator(".tt-filter-words")).to_contain_text(text)

    def tick(self, value):
        """Choose a value of a facet."""
        box = self.bulk.get_by_role("checkbox", name=re.compile(rf"^{re.escape(value)} \("))
        box.check()
        expect(self.bulk.locator(".tt-filter-words")).to_contain_text(value)

    def all_tickets(self):
        """Take back every choice."""
        self.bulk.get_by_role("button", name="all tickets").click()
        expect(self.bulk.locator(".tt-count")).to_contain_text("300 of 300")

    @property
    def count(self):
        """Read how many tickets are chosen."""
        return int(self.bulk.locator(".tt-count").inner_text().split(" of ")[0])

    # what to do with them

    def set(self, column, value):
        """Set a column of the chosen tickets to a value."""
        self.bulk.get_by_label("column", exact=True).select_option(column)
        self.bulk.get_by_label("value", exact=True).select_option(value)
        self.add()

    def add_name(self, column, name):
        """Add a name to a set, such as a tag, by typing it."""
        self.bulk.get_by_label("column", exact=True).select_option(column)
        box = self.bulk.get_by_label("add", exact=True)
        box.fill(name)
        box.press("Enter")
        self.add()

    def add(self):
        """Add the step to the draft."""
        self.bulk.get_by_role("button", name="Add to the draft (").click()
        expect(self.bulk.locator(".tt-message")).to_contain_text("was added")

    def rename(self, title):
        """Write another title into the one ticket that is open."""
        box = self.ticket.get_by_label("name", exact=True)
        box.fill(title)
        box.press("Tab")
        expect(self.ticket.locator(".tt-field-name")).to_contain_text("changed")

    # the review

    def says(self, text):
        """Wait until the review says something."""
        expect(self.review.locator("> .tt-message")).to_contain_text(text)

    def plans(self, count):
        """Wait until the plan changes so many tickets."""
        expect(self.review.locator(".tt-plan h3")).to_contain_text(
            f"{count} ticket{'' if count == 1 else 's'} to change"
        )

    def press(self, name):
        """Press a button of the review."""
        self.review.get_by_role("button", name=name).click()

    def confirm(self, count, name="Apply to"):
        """Type the number, and press the button that it opens."""
        button = self.review.get_by_role("button", name=f"{name} {count} ticket")
        expect(button).to_be_disabled()
        self.review.get_by_label(f"Type {count} to confirm:").fill(str(count))
        expect(button).to_be_enabled()
        button.click()

    def outcome(self, *told):
        """Wait for the outcome."""
        for text in told:
            expect(self.review.locator(".tt-outcome")).to_contain_text(text)


class Hands:
    """Use the keyboard alone."""

    def __init__(self, window):
        self.window, self.press = window, window.keyboard.press

    def type(self, text, *, then):
        """Type, and wait for what comes of it."""
        self.window.keyboard.type(text)
        expect(then).to_be_visible()

    def pick(self, text, *, then):
        """Choose in a list: Space opens it, and only then letters are its own (on a closed one they are JupyterLab's commands)."""
        self.press(" ")
        self.window.keyboard.type(text)
        self.press("Enter")
        expect(then).to_be_visible()

    def tab(self, label, most=100):
        """Press Tab until something of that label has the focus."""
        for _ in range(most):
            self.press("Tab")
            if self.named().startswith(label):
                return self
        raise AssertionError(f"Tab never came to {label!r}; it is at {self.named()!r}")

    def named(self):
        """Read what has the focus."""
        return self.window.evaluate(
            "() => { const e = document.activeElement; return (e.labels && e.labels[0] || e).textContent || e.ariaLabel || '' }"
        )


def edited(analyst):
    """Three columns: the priority of some by a facet, a tag of more by a search, the title of one."""
    analyst.search("refund")
    analyst.tick("Normal")
    normal = analyst.count
    analyst.set("priority", "High")
    analyst.all_tickets()
    analyst.search("refund")
    analyst.add_name("tags", "money-back")
    analyst.rename("A better title")
    return normal, analyst.count


# Of every text in the forms, how far it stands out from what is behind it; what can't be pressed just now need not.
CONTRAST = """
() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number);
  const lum = c => { const [r,g,b] = parts(c).slice(0,3).map(v => { v/=255; return v<=.03928 ? v/12.92 : ((v+.055)/1.055)**2.4 });
                     return .2126*r+.7152*g+.0722*b };
  const back = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
                      if (c.length < 4 || c[3] > .5) return `rgb(${c.slice(0,3)})` } return 'rgb(255,255,255)' };
  const told = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.matches('input, select');
  return [...document.querySelectorAll('.tt-form *')]
    .filter(e => !e.matches('style, option, :disabled, :disabled *') && e.offsetParent && told(e))
    .map(e => { const a = lum(getComputedStyle(e).color), b = lum(back(e));
                return [(Math.max(a,b)+.05)/(Math.min(a,b)+.05), e.tagName + '.' + e.className + ': ' + e.textContent.slice(0,30)] })
    .sort((x, y) => x[0] - y[0])[0];
}
"""
WIDER = "() => [...document.querySelectorAll('.tt-form')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => [e.className, e.scrollWidth, e.clientWidth])"
