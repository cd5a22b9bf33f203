"""Every setting of the app: those of the environment, one line each, then the fixed ones.

`python -m scripts.settings_table` writes the table in README from this file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from platformdirs import user_data_path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the folder of packages into which pip has installed us."""

INSTALLED = ROOT / "latent_space_explorer"

APP = INSTALLED if INSTALLED.is_dir() else ROOT
"""Where everything lies that ships: checkpoints, limits, the browser's part."""

MAX_IMAGE_BYTES = 160 * 2**20
"""Largest uploaded image, bytes: one of `MAX_IMAGE_PIXELS` that is not compressed has 143 MiB."""

MAX_IMAGE_PIXELS = 50_000_000
"""Largest image that is decoded, width times height."""

MAX_JPEG_PIXELS = 200_000_000
"""Largest JPEG of one scan, which is decoded at a reduced scale: phones have up to 200 million."""

MAX_HEADER_BYTES = 2**20
"""Largest header of a weights file that is read, bytes."""

SETS_FOLDER = "image-sets"
"""In `AE_HOME`: the image sets that people make."""

THREADS = 1
"""CPU threads for torch. Two threads on two busy cores are slower than one."""


@dataclass(frozen=True)
class Variable:
    """A setting in the environment: its name, what it says, and what there is without it.

    `default` is the value where it is not set, `without` says in words what happens then.
    """

    name: str
    says: str
    without: str = ""
    default: str = ""

    @property
    def value(self) -> str:
        """What it says now, so that a test can set it."""
        return os.environ.get(self.name) or self.default


DATA_DIR = Variable(
    "AE_DATA_DIR", "where image sets are read from, and MNIST is fetched to", "`AE_HOME/data`"
)
HOME = Variable(
    "AE_HOME",
    "where everything goes that people make: a folder, or an address as `s3://bucket/prefix`",
    "`var/`; where pip has installed the app, a folder among the user's data",
)
FAMILIES = Variable(
    "AE_FAMILIES", "a folder with model families of your own; its Python files are run", "none"
)
CACHE = Variable(
    "AE_CACHE", "the folder of a server whose `AE_HOME` is an address", "as without `AE_HOME`"
)
TEACHER_KEY = Variable(
    "AE_TEACHER_KEY",
    "what opens *Classroom*: everything that runs, limits to raise; at least 8 letters",
    "a closed door, not in the menu",
)
LIMITS = Variable("AE_LIMITS", "a file of limits for each person", "`limits.toml`")
DATABASE_URL = Variable(
    "AE_DATABASE_URL",
    "a database for jobs and ownership (SQLAlchemy)",
    "SQLite in `AE_HOME`, or in `AE_CACHE`",
)
SECRET = Variable(
    "AE_SECRET",
    "the key that signs visitors' cookies, the same for all servers of one app",
    "a file in `AE_HOME`, or in `AE_CACHE`",
)
WORKER = Variable(
    "AE_WORKER",
    "`off`: the worker that trains is a service of its own (`python -m ae_core work`)",
    "beside the app",
)
LANGUAGE = Variable(
    "AE_LANGUAGE",
    "the language of the command line, and of visitors whose browser asks for none that is in"
    " `ae_core/locale`",
    default="en",
)  # fmt: skip
HOST = Variable("AE_HOST", "the address on which `python app.py` listens", default="127.0.0.1")
PORT = Variable(
    "PORT", "the port on which `python app.py` listens", "the first free one from 8501 on"
)
HOSTS = Variable(
    "AE_HOSTS",
    "names under which browsers may reach the app, with commas: `app.school.org`, `*.school.org`",
    "`localhost` and bare IP addresses alone",
)
TRUSTED_PROXIES = Variable(
    "AE_TRUSTED_PROXIES",
    "addresses and networks of proxies whose `X-Forwarded-For` and `-Proto` count: `127.0.0.1`",
    "none",
)
BASE_PATH = Variable(
    "AE_BASE_PATH",
    "the path under which browsers find the app, as `/lab`, whether or not a proxy takes it away",
    "the root",
)
EMBED_IN = Variable(
    "AE_EMBED_IN",
    "sites that may show the app in a frame, by HTTPS: `https://moodle.school.org`, with commas",
    "none but itself",
)
LOG = Variable(
    "AE_LOG", "`json`: one line of JSON for each request and each run, without addresses or ids",
    "what goes wrong, as text",
)  # fmt: skip
METRICS_PORT = Variable(
    "AE_METRICS_PORT", "the port on `AE_HOST` at which Prometheus reads figures", "none"
)
STATE_SECONDS = Variable(
    "AE_STATE_SECONDS", "seconds between two states from which an interrupted run goes on",
    default="5",
)  # fmt: skip
KILLS = Variable(
    "AE_KILLS", "for the tests: how often the run is killed that ends in the same bits",
    default="3",
)  # fmt: skip
CHROMIUM = Variable(
    "CHROMIUM", "for the tests: the path of a Chromium or Chrome", "the one that is found"
)

VARIABLES = (
    DATA_DIR, HOME, CACHE, FAMILIES, TEACHER_KEY, LIMITS, DATABASE_URL, SECRET, WORKER, LANGUAGE,
    HOST, PORT, HOSTS, TRUSTED_PROXIES, BASE_PATH, EMBED_IN, LOG, METRICS_PORT, STATE_SECONDS,
    KILLS, CHROMIUM,
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """The folders. `data` is read first for image sets, `home` takes everything people make.

    Where `AE_HOME` is a URL, it is `remote`, and `home` is a working copy of what lies there.
    """

    data: Path
    home: Path
    library: Path
    remote: str = ""

    @property
    def checkpoint_roots(self) -> tuple[Path, Path]:
        """Folders of checkpoints: what people made, then what ships."""
        return self.home / "checkpoints", self.library


def settings() -> Settings:
    """What `AE_HOME`, `AE_DATA_DIR` and `AE_CACHE` say now, so that a test can set them."""
    return _settings(HOME.value, DATA_DIR.value, CACHE.value, Path.cwd())


@lru_cache(maxsize=8)
def _settings(home_text: str, data_text: str, cache_text: str, _here: Path) -> Settings:
    remote = home_text.rstrip("/") if "://" in home_text else ""
    given = cache_text if remote else home_text
    home = Path(given).expanduser().resolve() if given else _usual_home()
    data = Path(data_text or home / "data").expanduser().resolve()
    return Settings(data=data, home=home, library=APP / "checkpoints", remote=remote)


def _usual_home() -> Path:
    return user_data_path("latent-space-explorer", appauthor=False) if APP != ROOT else ROOT / "var"
