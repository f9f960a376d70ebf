"""Other people's tools, fetched once a session where they are missing. Without a network the tests skip; in the build they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def unavailable(reason):
    """Skip; where CI is set, fail: a build that skips proves nothing."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def fetched(command, what):
    """Run an installer, or say what could not be loaded."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=170)
    except (OSError, subprocess.TimeoutExpired) as error:
        unavailable(f"{what} could not be loaded: {error}")
    if done.returncode:
        unavailable(f"{what} could not be loaded: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="session")
def python_sdk(tmp_path_factory):
    """Give the folders of truto-python-sdk and what it needs, for PYTHONPATH; "" where they are installed."""
    folder = tmp_path_factory.mktemp("python-sdk")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    if find_spec("truto_python_sdk") is None:
        fetched([*pip, "--no-deps", "--ignore-requires-python", "truto-python-sdk"], "truto-python-sdk")
    if find_spec("aiohttp") is None:
        fetched([*pip, "aiohttp"], "aiohttp")
    return str(folder)


@pytest.fixture(scope="session")
def node():
    """Give the path of Node."""
    return shutil.which("node") or unavailable("Node is not on this machine")


@pytest.fixture(scope="session")
def tsc(node, tmp_path_factory):
    """Give a function that compiles one TypeScript program, strictly, and gives the folder in which the JavaScript runs."""
    folder = tmp_path_factory.mktemp("typescript")
    npm = shutil.which("npm") or unavailable("npm is not on this machine")
    fetched([npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "typescript@5"], "TypeScript")
    sdk = folder / "node_modules" / "@truto" / "truto-ts-sdk"
    sdk.mkdir(parents=True)
    (folder / "package.json").write_text('{"type": "module"}')
    (sdk / "package.json").write_text('{"type": "module", "exports": "./index.mjs"}')
    shutil.copy(HERE / "truto-ts-sdk.mjs", sdk / "index.mjs")
    strict = [node, str(folder / "node_modules/typescript/bin/tsc"), "--strict", "--noUncheckedIndexedAccess"]
    strict += ["--target", "es2022", "--lib", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]

    def compiled(*texts, emit=False):
        paths = [folder / f"plan{number}.ts" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        command = [*strict, *([] if emit else ["--noEmit"]), str(HERE / "truto-ts-sdk.d.ts"), *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, folder / "plan0.js"

    return compiled
