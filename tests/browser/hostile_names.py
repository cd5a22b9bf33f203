"""Names that would be more than names: and somebody who has given them to everything they have."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from PIL import Image

from ae_core.accounts.ownership import tidy_title
from ae_core.accounts.person import Person
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.image_sets import changing, saving
from ae_core.images.form import Form
from ae_core.jobs import access, states, table
from ae_core.latent.groups import named
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult, tidy_label, tidy_name

NAMES = {
    "link": "[press](http://evil.example/l) evil",
    "picture": "![](http://evil.example/p.png) evil",
    "html": "<img src=http://evil.example/i onerror=pwned()> evil",
    "script": "<script>pwned()</script><a href=//evil.example>evil</a>",
    "address": "javascript:pwned() // evil",
    "bare": "www.evil.example http://evil.example/b me@evil.example",
    "formula": r"$\href{javascript:pwned()}{evil}$ $$\htmlClass{x}{evil}$$",
    "directives": ":material/skull: :red[evil] :evil-badge[x] :skull:",
    "direction": "\u202eevil\u202c \u2066evil\u200f <b>evil</b>",
    "long": "evil " * 400,
    "data": "[evil](data:text/html,<script>pwned()</script>)",
    "markup": "# **evil** `evil` ~~evil~~ | - [x] &lt;b&gt; \\*evil\\*",
}

ANN = Person("ann")
SEVERAL = 6
"""Pictures of a class."""

GROUP = "~~~-9_-9_9_9"
"""After its name: all that is on the map."""


def as_shown(name: str) -> str:
    """A name as pages show it: on one line, and not too long."""
    return tidy_title(name)


def give(name: str) -> dict[str, str]:
    """Make one of each for Ann, called so; addresses of what was made, by what it is."""
    images = _image_set(name)
    model = _trained(RunSpec("tanh-3", images, steps=2, title=name, keep_codes=True))
    spec = ClassifierSpec(checkpoint=model, image_set=images, steps=2, title=name, threads=1,
                          precision="float32", memory_format="contiguous")  # fmt: skip
    classifier = _trained(spec)
    paused = access.submit(ANN, RunSpec("tanh-3", images, steps=2, title=name))
    table.claim(1)
    table.end(paused.id, states.PAUSED)
    access.submit(ANN, RunSpec("tanh-3", images, steps=2, title=name))
    table.claim(1)  # it runs, as far as anybody knows
    return {"model": model, "set": images, "classifier": classifier, "groups": named(name) + GROUP}


def _trained(spec: RunSpec | ClassifierSpec) -> str:
    job = access.submit(ANN, spec)
    table.claim(1)
    if isinstance(job.spec, RunSpec):
        run = runs.start(job.spec, on="cpu")
        for _ in runs.watch(run):
            pass
        runs.finish(run)
    else:
        assert isinstance(job.spec, ClassifierSpec)
        reading = classifier_runs.start(job.spec, on="cpu")
        for _ in classifier_runs.watch(reading):
            pass
        classifier_runs.finish(reading)
    table.end(job.id, states.FINISHED)
    return job.name


def _image_set(name: str) -> str:
    """A set whose title and words are this name, and whose classes are all of the names."""
    collection = PictureCollection()
    random = np.random.default_rng(0)
    for label in map(tidy_label, NAMES.values()):
        for number in range(SEVERAL):
            picture = Image.fromarray(random.integers(0, 256, (28, 28), np.uint8))
            collection.add(ReadResult(tidy_name(f"{label} {number}.png"), label, picture))
    made = saving.save(ANN, collection, collection.survey(), Form(), title=name).name
    changing.call(ANN, made, name[:20], name[:20])
    return made


def archive() -> bytes:
    """A zip whose folders and files have all of these names; half of its files are no pictures."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for number, name in enumerate(NAMES.values()):
            folder = name[:100].replace("/", "\N{DIVISION SLASH}")
            for which in range(2):
                one = io.BytesIO()
                noise = np.random.default_rng([number, which]).integers(0, 256, (28, 28), np.uint8)
                Image.fromarray(noise).save(one, "PNG")
                made.writestr(f"{folder}/{which} {folder}.png", one.getvalue())
            made.writestr(f"{folder}/{folder}.gif", b"evil")
    return written.getvalue()
