"""Settings: declared once, read through the declaration, and all of them in the README."""

from __future__ import annotations

import re

import pytest

from ae_core.accounts.limits import MOST_UPLOAD
from ae_core.settings import HOST, ROOT, VARIABLES, Variable
from scripts import settings_table


def test_the_readme_has_the_table_that_the_settings_give() -> None:
    written = settings_table.TABLE.findall(settings_table.README.read_text("utf-8"))
    assert written == [settings_table.table()], "python -m scripts.settings_table writes it"


def test_no_setting_is_named_that_is_not_declared() -> None:
    declared = {each.name for each in VARIABLES}
    code = [ROOT / name for name in ("app.py", "Dockerfile", "compose.yaml", "README.md")]
    folders = ("ae_core", "pages", "server", "scripts", "tests", "benchmarks")
    code += [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    for path in code:
        named = set(re.findall(r"\bAE_[A-Z]+(?:_[A-Z]+)*\b", path.read_text("utf-8")))
        assert named <= declared, path


def test_settings_are_read_through_their_declaration() -> None:
    """What else touches the environment passes it on, or sets what a library reads."""
    read = re.compile(r"environ\.get\(|environ\[\"\w+\"\](?! =)|getenv")
    for folder in ("ae_core", "pages", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            found = read.findall(path.read_text("utf-8"))
            assert not found or path == ROOT / "ae_core" / "settings.py", path


def test_a_setting_counts_from_the_moment_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AE_HOST", raising=False)
    assert HOST.value == "127.0.0.1"
    monkeypatch.setenv("AE_HOST", "0.0.0.0")
    assert HOST.value == "0.0.0.0"
    assert Variable("NEVER_SET_ANYWHERE", "nothing").value == ""


def test_streamlit_takes_every_upload_that_a_limit_can_allow() -> None:
    """In the file that every way to start the app reads."""
    from streamlit import config

    assert config.get_option("server.maxUploadSize") == MOST_UPLOAD
    assert config.get_where_defined("server.maxUploadSize") == str(
        ROOT / ".streamlit" / "config.toml"
    )
