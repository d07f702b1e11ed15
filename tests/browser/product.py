"""Starts the product for browser tests: a database of its own, the web server, one worker. No test database.

Playwright runs in a thread of its own, since its event loop would forbid the ORM to every later test of the process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from customers.services.signin import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 360, "height": 740}
# Each run's slot of the cache server has 16 databases; the test workers leave its last two free.
BROKER_DATABASE, CACHE_DATABASE = 14, 15


@dataclass
class Visit:
    """One person at one device. Messages of the browser's console are kept: a page must not cause any."""

    address: str
    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to a path; return the status of the answer."""
        answer = self.page.goto(self.address + path)
        return answer.status if answer else 0

    def sign_in(self, username: str) -> None:
        """Sign in with the demo's password, landing on the start page."""
        self.open("/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", DEMO_PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(self.address + "/")


@dataclass
class Product:
    """The running demo shop."""

    folder: Path
    chromium: str
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Create the database with the demo in it, start web and worker, return when the web answers as ready."""
        self._drop_database()
        redis.Redis.from_url(self._environment()["CACHE_URL"]).flushdb()
        self._admin(f'CREATE DATABASE "{self._database}"')
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._run("manage.py", "prepare")
        self._run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        web = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
        self._spawn("web", *web, "--workers", "1", "--blocking-threads", "2", "config.wsgi:application")
        self._spawn("worker", "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "INFO")
        self._wait_ready()

    def stop(self) -> None:
        """End the processes and drop the database."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self._drop_database()

    def visit(
        self,
        script: Callable[[Visit], None],
        *,
        locale: str = "ja-JP",
        size: dict[str, int] | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        """Run `script` as a person with a fresh browser; what it raises is raised here, console errors too."""
        trouble: list[BaseException] = []

        def run() -> None:
            try:
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=self.chromium, args=[*FLAGS, *flags])
                    try:
                        self._walk(browser, script, locale, size or TABLET)
                    finally:
                        browser.close()
            except BaseException as error:  # noqa: BLE001 - carried over to the test's own thread
                trouble.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if trouble:
            raise trouble[0]

    def _walk(self, browser: Browser, script: Callable[[Visit], None], locale: str, size: dict[str, int]) -> None:
        context = browser.new_context(locale=locale, viewport=size)  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(30_000)
        visit = Visit(self.address, context, page)

        def heard(message: ConsoleMessage) -> None:
            # A refused page is a 4xx on purpose; the browser mentions each one.
            if message.type in {"error", "warning"} and "status of 4" not in message.text:
                visit.console.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: visit.console.append(f"{error} {error.stack}"))
        script(visit)
        if visit.console:
            raise AssertionError(f"the browser complained: {visit.console}")

    @property
    def _database(self) -> str:
        suffix = os.environ.get("TEST_DB_SUFFIX", "").strip("_")
        return f"yorisoi_browser_{suffix}" if suffix else "yorisoi_browser"

    def _environment(self) -> dict[str, str]:
        first = int(os.environ.get("TEST_CACHE_BASE", "2")) - 2
        broker, cache = os.environ["BROKER_URL"].partition("?")[0], os.environ["CACHE_URL"].partition("?")[0]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return environment | {
            "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self._database}")),
            "BROKER_URL": f"{broker}?virtual_host={first + BROKER_DATABASE}",
            "CACHE_URL": f"{cache}?db={first + CACHE_DATABASE}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEMO": "1",
            "DEMO_PEOPLE": "60",
            "PROCESS": "web",
            "STATIC_ROOT": str(self.folder / "static"),
            "MEDIA_ROOT": str(self.folder / "media"),
        }

    def _admin(self, sql: str) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, dbname="postgres") as link:
            link.execute(sql)  # type: ignore[arg-type]

    def _drop_database(self) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')

    def _run(self, *command: str) -> None:
        environment = self._environment() | {"PROCESS": "manage"}
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)

    def _spawn(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self._environment(), stdout=log, stderr=log)
            )

    def _wait_ready(self) -> None:
        for _try in range(200):
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "web.log").read_text()[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
