"""The plan as a person sees it: in a real browser, light and dark, at 100 % and 200 %."""

from __future__ import annotations

import shutil

import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan import Plan
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.show import to_document

pytestmark = pytest.mark.ui
HOSTILE = "<script>document.title='x'</script><img src=x onerror=alert(1)> \u202eevil javascript:alert(1)"
CONTRAST = """
() => {
  const lum = c => { const [r,g,b] = c.match(/[\\d.]+/g).slice(0,3).map(v => { v/=255; return v<=.03928 ? v/12.92 : ((v+.055)/1.055)**2.4 });
                     return .2126*r+.7152*g+.0722*b };
  const back = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                      if (!/, 0\\)|transparent/.test(c)) return c }
                      return matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18,18,18)' : 'rgb(255,255,255)' };
  return [...document.querySelectorAll('.tt *')].filter(e => e.tagName !== 'STYLE' && e.textContent.trim())
    .map(e => { const a = lum(getComputedStyle(e).color), b = lum(back(e));
                return [ (Math.max(a,b)+.05)/(Math.min(a,b)+.05), e.tagName + ':' + e.textContent.slice(0,30) ] })
    .sort((x, y) => x[0] - y[0])[0];
}
"""


@pytest.fixture(scope="module")
def browser():
    binary = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if not binary:
        pytest.skip("there is no browser here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield found
        found.close()


def a_plan():
    """Make a plan with everything in it: groups, sets, texts, problems, hostile text."""
    rows = [Patch(str(n), f"Refund {n}", (Change("priority", "Normal", "High", 1, 2),)) for n in range(14)]
    rows += [Patch("s1", HOSTILE, (Change("tags", ("a", HOSTILE), ("a", "b"), [], []),))]
    rows += [Patch("t1", "x", (Change("description", "one " * 90 + "old", "one " * 90 + "new", "", ""),))]
    problems = (
        Problem("value.unknown_name", "9", "status", "Opne", "is no status"),
        Problem("tags.spaces", "8", "tags", "x y", "worth a look", severity="warning"),
    )
    return Plan("acc-1", "jira", tuple(rows), problems, (Note("request.notifies", "Jira mails watchers."),), 60)


@pytest.fixture(params=["light", "dark"])
def page(browser, request, tmp_path):
    file = tmp_path / "plan.html"
    file.write_text(to_document(preview.page(a_plan()), "Plan"), encoding="utf-8")
    found = browser.new_page(color_scheme=request.param, viewport={"width": 800, "height": 900})
    found.goto(file.as_uri())
    yield found
    found.close()


def test_every_text_can_be_read_in_both_themes(page):
    """Contrast reaches 4.5 to 1 everywhere (WCAG AA)."""
    worst, where = page.evaluate(CONTRAST)
    assert worst >= 4.5, where


def test_hostile_text_is_text(page):
    """Ticket text is never HTML."""
    assert page.title() == "Plan"
    assert page.locator("script, img, a").count() == 0
    assert "<script>" in page.locator(".tt").inner_text()


@pytest.mark.parametrize("width", [800, 400])
def test_nothing_is_wider_than_the_page(page, width):
    """Also at 200 %, which halves the width."""
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_plan_of_the_sandbox_fits_its_page(browser, tmp_path):
    """A real plan draws without a script and without a request."""
    with tt.sandbox("jira", tickets=60, limit=None) as account:
        snapshot = account.load()
        plan = snapshot.plan(snapshot.frame().assign(priority="High"))
    page = browser.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(plan._repr_html_())
    assert (requests, page.locator("h3").inner_text()) == ([], preview.headline(plan))
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_profile_of_an_account_reads_in_both_themes(browser, theme):
    """What is known of an account can be read in light and dark, also at 200 %, and folds without a script."""
    with tt.sandbox("azuredevops", tickets=10, limit=None) as account:
        account.load(progress=False)
        told = to_document(account.profile._page(), "Profile")
    page = browser.new_page(color_scheme=theme, viewport={"width": 400, "height": 900})
    page.set_content(told)
    worst, where = page.evaluate(CONTRAST)
    assert worst >= 4.5, where
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.get_by_text("statuses", exact=True).click()
    assert page.locator("details[open]").count() == page.locator("details").count() - 1
    page.close()
