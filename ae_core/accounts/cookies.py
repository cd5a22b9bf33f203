"""The signed cookie that holds a visitor's id; `server/owner.py` sets it."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache

from itsdangerous import BadSignature, Signer

from ae_core.settings import SECRET, settings

COOKIE = "ae_owner"
MAX_AGE = 365 * 24 * 3600


def new_cookie(former: str = "") -> str:
    """A new id, signed, for who has this cookie; empty where that is one of ours.

    Empty also while the disk does not take or give the key: then nobody knows.
    """
    try:
        _signer()
        return "" if owner_in(former) else cookie_of(secrets.token_urlsafe(24))
    except OSError:
        return ""


def cookie_of(owner: str) -> str:
    """The cookie that names a visitor."""
    return _signer().sign(owner).decode()


def owner_in(cookie: str) -> str:
    """The id in a cookie of ours; nothing in any other, or while the disk does not give the key."""
    try:
        return _signer().unsign(cookie).decode() if cookie else ""
    except (BadSignature, UnicodeDecodeError, OSError):
        return ""


@cache
def _signer() -> Signer:
    return Signer(SECRET.value or _key(), salt=COOKIE)


def _key() -> str:
    """The key of this installation, made once; readable for its owner alone."""
    path = settings().home / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as whole, suppress(FileExistsError):
            whole.write(secrets.token_urlsafe(32))
            whole.flush()
            os.link(whole.name, path)  # atomic, and never overwrites another
    return path.read_text("ascii")
