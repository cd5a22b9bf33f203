"""The app behind each proxy of `deploy/`, with TLS, below a path, and while the proxy is away."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ae_core.accounts.cookies import COOKIE
from scripts.app_server import ROOT, running_app

AWAY_SECONDS = 90
SOON = 60_000

NGINX = """
pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;
events {{}}
http {{
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder}; access_log off;
    include {folder}/site.conf;
}}
"""

Start = Callable[[Path, int, int], list[str]]


def changed(name: str, folder: Path, app: int, outside: int, *more: tuple[str, str]) -> str:
    """A configuration as it is, but with this test's ports and certificate."""
    text = (ROOT / "deploy" / name).read_text("utf-8")
    changes = [("127.0.0.1:8501", f"127.0.0.1:{app}"), (":443", f"127.0.0.1:{outside}"), *more]
    for before, after in changes:
        text = text.replace(before, after)
    assert str(app) in text and str(outside) in text
    return text


def nginx(folder: Path, app: int, outside: int) -> list[str]:
    keys = [(f"/etc/ssl/app.school.org.{kind}", str(folder / f"key.{kind}"))
            for kind in ("crt", "key")]  # fmt: skip
    site = changed("nginx.conf", folder, app, outside, ("listen 443", f"listen {outside}"), *keys)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return ["nginx", "-e", str(folder / "nginx.log"), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, app: int, outside: int) -> list[str]:
    tls = f"https://127.0.0.1:{outside} {{\n\ttls {folder}/key.crt {folder}/key.key"
    text = changed("Caddyfile", folder, app, outside, ("app.school.org {", tls))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def haproxy(folder: Path, app: int, outside: int) -> list[str]:
    pem = (folder / "key.crt").read_text() + (folder / "key.key").read_text()
    (folder / "key.pem").write_text(pem)
    text = changed(
        "haproxy.cfg", folder, app, outside, ("/etc/ssl/app.school.org.pem", f"{folder}/key.pem")
    )
    (folder / "haproxy.cfg").write_text(text)
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


@pytest.fixture
def certificate(tmp_path: Path) -> None:
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(tmp_path / "key.key"), "-out", str(tmp_path / "key.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)


@contextmanager
def running(command: list[str], url: str, folder: Path) -> Iterator[None]:
    """The proxy, from when it answers on."""
    with (folder / "proxy.log").open("ab") as log, subprocess.Popen(
        command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}
    ) as proxy:  # fmt: skip
        try:
            until = time.monotonic() + 20
            while proxy.poll() is None and time.monotonic() < until:
                with suppress(urllib.error.URLError, ConnectionError):
                    trusting = ssl._create_unverified_context()  # noqa: S323 - of this test
                    urllib.request.urlopen(f"{url}/_stcore/health", context=trusting).close()
                    break
                time.sleep(0.1)
            else:
                pytest.fail((folder / "proxy.log").read_text("utf-8", "replace"))
            yield
        finally:
            proxy.terminate()


@pytest.mark.long
@pytest.mark.parametrize("start", [nginx, caddy, haproxy])
def test_behind_a_proxy_is_the_whole_app_and_nothing_is_lost_while_it_is_away(
    start: Start, browser: Browser, tmp_path: Path, certificate: None
) -> None:
    if not shutil.which(start.__name__):
        pytest.fail(f"{start.__name__} is not installed.")
    settings = {
        "AE_HOME": str(tmp_path / "home"), "AE_BASE_PATH": "/lab",
        "AE_TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        outside = probe.getsockname()[1]
    with running_app(tmp_path / "log", settings) as app:
        url = f"https://127.0.0.1:{outside}/lab"
        command = start(tmp_path, int(app.rpartition(":")[2]), outside)
        page = browser.new_context(ignore_https_errors=True).new_page()
        with running(command, url, tmp_path):
            the_whole_app(page, url)
            begin_training(page, url)
        page.wait_for_timeout(1000 * AWAY_SECONDS)
        with running(command, url, tmp_path):
            expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
            page.reload()
            expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
        page.context.close()
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def the_whole_app(page: Page, url: str) -> None:
    """The live map decodes, the cookie is safe, an upload arrives."""
    page.goto(f"{url}?embed=false")
    expect(page).to_have_url(re.compile("/lab/"))
    page.goto(f"{url}/latent_space?model=digits-vae-conv-2")
    page.locator('.live[aria-busy="false"]').wait_for(timeout=SOON)
    expect(page.locator("canvas.big")).to_be_visible()
    cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)
    assert cookie["secure"] and cookie["path"] == "/lab"
    page.goto(f"{url}/image_sets")
    rows = "".join(",".join(str((row * 7 + c) % 256) for c in range(784)) + f",{row % 2}\n"
                   for row in range(60))  # fmt: skip
    names = ",".join(f"p{c}" for c in range(784)) + ",label\n"
    page.locator("input[type=file]").first.set_input_files(
        {"name": "pictures.csv", "mimeType": "text/csv", "buffer": (names + rows).encode()}
    )
    page.get_by_role("button", name="Keep these 60").wait_for(timeout=SOON)


def begin_training(page: Page, url: str) -> None:
    page.goto(f"{url}/train?preset=ae-2&set=digits")
    page.get_by_role("textbox", name="Name").first.fill("While away")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="While away")).to_be_visible(timeout=SOON)
