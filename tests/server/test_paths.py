"""The app below a path, in a frame of another site, and at no address that is none of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ae_core.errors import UserError
from scripts.app_server import running_app
from server import guard
from server.network import embedding, paths
from tests.server.test_server import get

LMS = "https://lms.school.example"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The app as it stands behind a proxy that calls it below a path, by HTTPS, in a frame."""
    folder = tmp_path_factory.mktemp("server")
    settings = {
        "AE_HOME": str(folder / "home"), "AE_WORKER": "off", "AE_BASE_PATH": "/lab/explorer/",
        "AE_TRUSTED_PROXIES": "127.0.0.1", "AE_EMBED_IN": LMS, "AE_HOSTS": "school.example",
    }  # fmt: skip
    with running_app(folder / "log", settings) as url:
        yield int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/denoise", 200),
        ("/home", 200),
        ("/favicon.png", 200),
        ("/_stcore/health", 200),
        ("/nothing", 404),
        ("/denoise/more", 404),
        ("/static/js/nothing.js", 404),
        ("/_stcore/nothing", 404),
        ("/.env", 404),
        ("/../app.py", 404),
    ],
)
@pytest.mark.parametrize("base", ["", "/lab/explorer"])
def test_there_is_what_there_is_below_the_path_and_nothing_else(
    port: int, base: str, path: str, status: int
) -> None:
    assert get(port, base + path).status == status


@pytest.mark.parametrize("path", ["/lab", "/lab/explorer2/", "/lab/explorer/lab/explorer/"])
def test_a_path_that_is_nearly_ours_is_none(port: int, path: str) -> None:
    assert get(port, path).status == 404


def test_a_page_with_a_slash_is_the_page_below_any_path(port: int) -> None:
    answer = get(port, "/lab/explorer/denoise/?model=x")
    assert (answer.status, answer.headers["location"]) == (307, "../denoise?model=x")


def test_without_its_last_slash_the_path_leads_to_the_app(port: int) -> None:
    answer = get(port, "/lab/explorer")
    assert (answer.status, answer.headers["location"]) == (307, "explorer/")


def test_cookies_come_by_https_into_a_frame_of_another_site(port: int) -> None:
    page = {"Accept": "text/html"}
    proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}
    answer = get(port, "/", page | proxy | {"Host": "school.example"})
    said = answer.headers["set-cookie"]
    for word in ("SameSite=None", "Secure", "Partitioned", "HttpOnly", "Path=/lab/explorer"):
        assert word in said
    assert "lax" not in said.lower()
    xsrf = get(port, "/_stcore/health", proxy).headers["set-cookie"]
    assert xsrf.count("SameSite") == 1
    assert "Partitioned" in xsrf
    plain = get(port, "/", page).headers["set-cookie"]
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    assert f"frame-ancestors 'self' {LMS};" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers


def test_nobody_frames_the_app_who_is_not_named() -> None:
    assert guard.security_headers()["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self';" in guard.content_security_policy()


@pytest.mark.parametrize(
    "site", ["*", "http://school.example", "https://a.example/x; script-src *"]
)
def test_what_is_no_site_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_EMBED_IN", site)
    with pytest.raises(UserError, match="AE_EMBED_IN names"):
        embedding.sites()


def test_every_page_has_an_address() -> None:
    assert {"", "train", "latent_space", "classroom"} < paths.pages()
    assert "ui" not in paths.pages()
