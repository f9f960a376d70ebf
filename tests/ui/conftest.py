"""What tests in a browser share: one browser and one server a module, one notebook a test."""

from __future__ import annotations

import os
import shutil

import pytest
from jupyter import BROWSER, PATIENCE, Host, NotebookPage

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Tell a test's fixtures whether it failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="module")
def chromium():
    """Start the browser; without one the tests skip, but never in a build."""
    binary = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if not binary:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no browser here")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=binary, args=BROWSER)
        yield found
        found.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Start servers by kind; each ends with the module."""
    hosts = []

    def start(kind):
        hosts.append(Host(kind, tmp_path_factory.mktemp(kind)))
        return hosts[-1]

    yield start
    for host in hosts:
        host.close()


@pytest.fixture(scope="module")
def window(chromium):
    """Open the one page of a module."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def lab(serve, window):
    """Open JupyterLab."""
    host = serve("lab").ready()
    window.goto(f"{host.url}/lab")
    window.wait_for_function("() => window.jupyterapp")
    return host


@pytest.fixture(scope="module")
def notebook7(serve):
    """Serve Notebook 7."""
    return serve("notebook").ready()


@pytest.fixture(scope="module")
def voila(serve):
    """Serve Voila."""
    return serve("voila").ready()


@pytest.fixture
def opened(window, request, tmp_path):
    """Open generated notebooks: opened(host, cell, …); they are closed after the test, and a failure leaves a picture."""
    books = []

    def start(host, *cells, run=True):
        name = f"{request.node.name}-{len(books)}".replace("[", "-").replace("]", "")
        books.append(NotebookPage(window, host, host.write(name, *cells)))
        if run:
            books[-1].run_all()
        return books[-1]

    yield start
    if request.node.stash.get(FAILED, False):
        window.screenshot(path=tmp_path / "failed.png")
        print(f"what the page showed: {tmp_path / 'failed.png'}")
    for book in books:
        book.close()
