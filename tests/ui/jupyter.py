"""Drive JupyterLab, Notebook 7 and Voila in a real browser: servers of their own, waits on conditions only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient

PATIENCE = 30.0  # seconds that anything may take before it counts as broken
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
_OPEN = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
         "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly"]  # fmt: skip
_SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells off the screen stay in the page
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


def until(found, *, what, patience=PATIENCE):
    """Wait until something is found, and give it."""
    end = time.monotonic() + patience
    while not (result := found()):
        assert time.monotonic() < end, f"{what} did not happen within {patience:.0f} s"
        time.sleep(0.05)
    return result


class Host:
    """Serve notebooks of one folder: lab, notebook or voila, with configuration, data and runtime folders of its own."""

    def __init__(self, kind, folder):
        self.kind, self.root, self.own = kind, folder / "notebooks", folder / "own"
        self.root.mkdir()
        self._settle()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            self._command(), env=self._environment(), stdout=self.log, stderr=self.log, start_new_session=True
        )

    def _settle(self):
        for name, told in _SETTINGS.items():
            path = self.own / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(told))

    def _command(self):
        python = [sys.executable, "-m"]
        if self.kind == "voila":
            return [*python, "voila", str(self.root), "--no-browser", f"--port={self.port}", "--Voila.ip=127.0.0.1"]
        module, app = {"lab": ("jupyterlab", "LabApp"), "notebook": ("notebook", "JupyterNotebookApp")}[self.kind]
        return [*python, module, "--no-browser", "--allow-root", f"--ServerApp.root_dir={self.root}", f"--ServerApp.port={self.port}",
                f"--{app}.expose_app_in_browser=True", *_OPEN]  # fmt: skip

    def _environment(self):
        names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
        own = {f"JUPYTER_{name}": str(self.own / name.lower()) for name in names}
        lab = {
            "JUPYTERLAB_SETTINGS_DIR": str(self.own / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.own / "spaces"),
        }
        home = {"IPYTHONDIR": str(self.own / "ipython"), "TRUTO_TICKETS_HOME": str(self.own / "home")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, **own, **lab, **home, "PATH": path}

    def ready(self):
        """Wait until it answers."""
        where = "/" if self.kind == "voila" else "/api/status"
        until(lambda: self._answers(where), what=f"an answer of {self.kind}", patience=90)
        return self

    def _answers(self, where):
        assert self.process.poll() is None, Path(self.log.name).read_text()[-2000:]
        try:
            with urllib.request.urlopen(self.url + where, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def close(self):
        """End it, with its kernels."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()

    def write(self, name, *cells):
        """Write a notebook of code cells; a path is copied as it is."""
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), self.root / f"{name}.ipynb")
        return f"{name}.ipynb"


_LAB = "async path => { const app = window.jupyterapp; await app.restored; return await app.commands.execute('docmanager:open', {path, factory: 'Notebook'}) && 0 }"
_READY = """async path => { const app = window.jupyterapp; await app.restored;
  const all = [...app.shell.widgets('main')].filter(w => w.context && w.context.path === path);
  const w = all[0]; if (!w) return null; await w.context.ready; await w.sessionContext.ready; await w.sessionContext.session.kernel.info;
  w.content.activeCellIndex = 0; return [w.id, w.sessionContext.session.kernel.id] }"""
_RUN = """async id => { const app = window.jupyterapp; const w = [...app.shell.widgets('main')].find(w => w.id === id);
  await app.commands.execute('notebook:run-all-cells');
  return [...w.content.model.cells].flatMap(c => c.type === 'code' ? c.outputs.toJSON() : []).filter(o => o.output_type === 'error').map(o => o.evalue) }"""
_SAVE = """async id => { const w = [...window.jupyterapp.shell.widgets('main')].find(w => w.id === id); await w.context.save() }"""
_CLOSE = """async id => { const app = window.jupyterapp; const w = [...app.shell.widgets('main')].find(w => w.id === id);
  await w.context.save(); await w.sessionContext.shutdown(); w.dispose() }"""


class NotebookPage:
    """Hold one open notebook: its panel in the page, and its kernel."""

    def __init__(self, page, host, path):
        self.page, self.host, self.path = page, host, path
        self._open()
        self.kernel = BlockingKernelClient(
            connection_file=str(host.own / "runtime_dir" / f"kernel-{self._kernel}.json")
        )
        self.kernel.load_connection_file()
        self.kernel.start_channels()

    def _open(self):
        page, host, path = self.page, self.host, self.path
        if host.kind == "notebook":
            page.goto(f"{host.url}/notebooks/{path}")
            page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell.currentWidget")
        else:
            page.evaluate(_LAB, path)
        self.id, self._kernel = until(lambda: page.evaluate(_READY, path), what="an open notebook")
        self.panel = page.locator(f"[id='{self.id}']")

    def reload(self):
        """Save it, close the tab as a person would, and come back to it."""
        self.page.evaluate(_SAVE, self.id)
        self.page.goto("about:blank")
        self.page.goto(f"{self.host.url}/lab")
        self.page.wait_for_function("() => window.jupyterapp")
        self._open()

    def run_all(self):
        """Run all cells; no one may fail."""
        errors = self.page.evaluate(_RUN, self.id)
        assert errors == [], errors

    def value(self, expression):
        """Evaluate an expression in the kernel, through JSON; it waits while a cell runs."""
        asked = {"found": f"__import__('json').dumps({expression})"}
        told = self.kernel.execute("", silent=True, user_expressions=asked, reply=True, timeout=PATIENCE)
        found = told["content"]["user_expressions"]["found"]
        assert found["status"] == "ok", found.get("evalue")
        return json.loads(eval(found["data"]["text/plain"]))

    def do(self, code):
        """Execute code in the kernel, as a colleague beside the notebook would."""
        told = self.kernel.execute(code, silent=True, reply=True, timeout=PATIENCE)
        assert told["content"]["status"] == "ok", told["content"].get("evalue")

    def until(self, expression, wanted):
        """Wait until an expression has a value in the kernel."""
        until(lambda: self.value(expression) == wanted, what=f"{expression} == {wanted!r}")

    def close(self):
        """Save and close it, and end its kernel."""
        self.kernel.stop_channels()
        self.page.evaluate(_CLOSE, self.id)

    def saved(self):
        """Read what was saved."""
        return (self.host.root / self.path).read_text(encoding="utf-8")
