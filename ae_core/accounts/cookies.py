"""The signed cookie that holds a visitor's id; `server/owner.py` sets it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache

from itsdangerous import BadSignature, Signer

from ae_core.errors import UserError
from ae_core.settings import SECRET, settings
from ae_core.texts import _

COOKIE = "ae_owner"
MAX_AGE = 365 * 24 * 3600

LEAST_SECRET = 16
DIGEST_LETTERS = 24


def new_cookie() -> str:
    """A new id, signed; empty while the disk does not take or give the key."""
    try:
        return cookie_of(secrets.token_urlsafe(24))
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


def check_key() -> None:
    """Make the key that signs, or look at the one that is there.

    Raises:
        UserError: it is too short.
        OSError: the disk does not take it.
    """
    _secret()


def digest(text: str) -> str:
    """A mark of a text that only who has the key can make; empty while the disk has none."""
    try:
        secret = _secret()
    except OSError:
        return ""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:DIGEST_LETTERS]


@cache
def _signer() -> Signer:
    return Signer(_secret(), salt=COOKIE)


@cache
def _secret() -> str:
    """What signs: long enough that nobody finds it by trying.

    Raises:
        UserError: it is too short.
    """
    secret = SECRET.value or _key()
    if len(secret) < LEAST_SECRET:
        raise UserError(
            _(
                "The key that signs visitors' cookies has {count} letters; it needs {least}. Set"
                " AE_SECRET to a longer one, or delete {path}: a new one is made, and everybody is"
                " a new visitor.",
                count=len(secret), least=LEAST_SECRET, path=settings().home / "secret",
            )
        )  # fmt: skip
    return secret


def _key() -> str:
    """The key of this installation, made once; readable for its owner alone."""
    path = settings().home / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as whole, suppress(FileExistsError):
            whole.write(secrets.token_urlsafe(32))
            whole.flush()
            os.fsync(whole.fileno())
            os.link(whole.name, path)  # atomic, and never overwrites another
    return path.read_text("ascii").strip()
