"""What a person has, and every call of `ae_core` by which somebody else may try to get at it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save as write_tensors

from ae_core import checkpoints, image_sets
from ae_core.accounts import expiry, ownership, personal_limits, room, upload_allowances
from ae_core.accounts.limits import limits
from ae_core.accounts.person import Person
from ae_core.analyses import Answer
from ae_core.classroom import answers, classes, members
from ae_core.classroom import pictures as class_pictures
from ae_core.database.connection import reading, writing
from ae_core.export import downloads
from ae_core.image_sets import ImageSetKey, changing, saving, stored
from ae_core.images.form import Form
from ae_core.jobs import access, analysis_results, answers_so_far, notebooks, states, table
from ae_core.jobs.under_way import steering, watching
from ae_core.latent import clusters
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from ae_core.types import Labels
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import reading as separate
from ae_core.uploads.separate.bundle import Bundle
from tests.uploads.made_files import encoded

SPEC = RunSpec("tanh-3", "digits", steps=2, title="Hers")
KIND = "dimensions"


@dataclass(frozen=True)
class Belongings:
    """What somebody has: a run, what it made, an image set, an answer about them, and a class."""

    owner: str
    job: int
    name: str
    images: str
    asked: dict[str, Any]
    key: str
    code: str


def made_by(person: Person) -> Belongings:
    """Make one of each for somebody."""
    job = access.submit(person, SPEC)
    table.claim(1)
    assert isinstance(job.spec, RunSpec)
    run = runs.start(job.spec, on="cpu")
    for _ in runs.watch(run):
        pass
    runs.finish(run)
    table.advance(job.id, {"seconds_left": 1.0}, [{"step": 1}])
    table.end(job.id, states.PAUSED)
    images = saving.save(person, *pictures(), title="Hers").name
    asked = {"model": {"name": job.name, "sha256": "0"}, "images": [{"name": images}]}
    row = analysis_results.ask(person, KIND, asked)
    analysis_results.claim()
    analysis_results.keep(row.key, Answer({}, {"found": 1}))
    code = classes.open_class(replace(person, is_teacher=True)).code
    return Belongings(person.id, job.id, job.name, images, asked, row.key, code)


def pictures() -> tuple[PictureCollection, Any, Form]:
    collection = PictureCollection()
    for number in range(20):
        coarse = np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)
        collection.add(ReadResult(f"{number}.png", "", Image.fromarray(coarse)))
    return collection, collection.survey(), Form()


def key_of(hers: Belongings) -> ImageSetKey:
    return ImageSetKey(hers.images, stored.card(hers.images).sha256)


def labels_of(hers: Belongings) -> Labels:
    card = stored.card(hers.images)
    return torch.arange(card.train + card.test) % 2


def learned_on(hers: Belongings) -> bytes:
    """What a browser sends that has trained on her images."""
    spec = RunSpec("tanh-3", hers.images, steps=2, config={"widths": (4,)}, title="Learned")
    weights = dict(runs.network(spec, image_sets.load(hers.images)).state_dict())
    run = {"steps": 2, "seconds": 1.0, "curve": [[2, 1.0, {"mse": 0.1}, None]]}
    return write_tensors(weights, {"run": json.dumps(run), "spec": json.dumps(spec.to_dict())})


Call = Callable[[Person, Belongings], object]

REFUSED: dict[str, Call] = {
    "accounts.ownership.of": lambda bob, hers: ownership.of(bob, ownership.CHECKPOINT, hers.owner),
    "accounts.ownership.everything": lambda bob, _: ownership.everything(bob, ownership.IMAGE_SET),
    "accounts.ownership.check_sees": lambda bob, hers: ownership.check_sees(bob, hers.images),
    "accounts.ownership.check_owns": lambda bob, hers: ownership.check_owns(bob, hers.name),
    "accounts.ownership.rename": lambda bob, hers: ownership.rename(bob, hers.name, "His"),
    "accounts.ownership.share": lambda bob, hers: ownership.share(bob, hers.name, True),
    "accounts.personal_limits.of": lambda bob, hers: personal_limits.of(bob, hers.owner),
    "accounts.personal_limits.set_for":
        lambda bob, _: personal_limits.set_for(bob, "bob", "train_seconds", 900),
    "accounts.expiry.bring_back": lambda bob, hers: expiry.bring_back(bob, hers.name),
    "accounts.expiry.held_back": lambda bob, _: expiry.held_back(bob),
    "accounts.expiry.mark_all": lambda bob, _: expiry.mark_all(bob),
    "image_sets.catalogue.delete": lambda bob, hers: image_sets.delete(bob, hers.images),
    "image_sets.changing.rename": lambda bob, hers: changing.rename(bob, hers.images, "His"),
    "image_sets.changing.call": lambda bob, hers: changing.call(bob, hers.images, "one", "many"),
    "image_sets.changing.rename_class":
        lambda bob, hers: changing.rename_class(bob, key_of(hers), "image", "his"),
    "image_sets.changing.drop": lambda bob, hers: changing.drop(bob, key_of(hers), train=[0]),
    "image_sets.changing.classify":
        lambda bob, hers: changing.classify(bob, key_of(hers), labels_of(hers), ["a", "b"]),
    "latent.clusters.keep_as_classes":
        lambda bob, hers: clusters.keep_as_classes(bob, key_of(hers), labels_of(hers)),
    "jobs.access.submit":
        lambda bob, hers: access.submit(bob, RunSpec("tanh-3", hers.images, steps=2)),
    "jobs.access.submit_learned":
        lambda bob, hers: access.submit_learned(bob, learned_on(hers)),
    "jobs.access.get": lambda bob, hers: access.get(bob, hers.job),
    "jobs.access.of": lambda bob, hers: access.of(bob, hers.owner),
    "jobs.access.everything": lambda bob, _: access.everything(bob),
    "jobs.access.request": lambda bob, hers: access.request(bob, hers.job, states.DISCARD),
    "jobs.access.go_on": lambda bob, hers: access.go_on(bob, hers.job),
    "jobs.access.events": lambda bob, hers: access.events(bob, hers.job),
    "jobs.access.forget": lambda bob, hers: access.forget(bob, hers.job),
    "jobs.access.delete_result": lambda bob, hers: access.delete_result(bob, hers.name),
    "jobs.access.rename": lambda bob, hers: access.rename(bob, hers.name, "His"),
    "jobs.under_way.watching.run": lambda bob, hers: watching.run(bob, hers.name),
    "jobs.under_way.watching.events": lambda bob, hers: watching.events(bob, hers.name),
    "jobs.under_way.steering.change": lambda bob, hers: steering.change(bob, hers.job, "rate", 0.5),
    "jobs.under_way.steering.set_pace": lambda bob, hers: steering.set_pace(bob, hers.job, 1.0),
    "jobs.under_way.steering.single_step": lambda bob, hers: steering.single_step(bob, hers.job),
    "jobs.analysis_results.find":
        lambda bob, hers: analysis_results.find(bob, KIND, hers.asked),
    "jobs.analysis_results.get": lambda bob, hers: analysis_results.get(bob, hers.key),
    "jobs.analysis_results.ask": lambda bob, hers: analysis_results.ask(bob, KIND, hers.asked),
    "jobs.analysis_results.stop": lambda bob, hers: analysis_results.stop(bob, hers.key),
    "jobs.analysis_results.read": lambda bob, hers: analysis_results.read(bob, hers.key),
    "jobs.answers_so_far.read": lambda bob, hers: answers_so_far.read(bob, hers.key),
    "export.downloads.weights":
        lambda bob, hers: downloads.weights(bob, checkpoints.card(hers.name)),
    "export.downloads.onnx_zip":
        lambda bob, hers: downloads.onnx_zip(bob, checkpoints.card(hers.name)),
    "export.downloads.html": lambda bob, hers: downloads.html(bob, checkpoints.card(hers.name)),
    "classroom.classes.open_class": lambda bob, _: classes.open_class(bob),
    "classroom.classes.own": lambda bob, hers: own_class(bob, hers.code),
    "classroom.classes.show": lambda bob, hers: classes.show(bob, hers.code, {"page": "train"}),
    "classroom.classes.look": lambda bob, hers: classes.look(bob, hers.code, {"z": [0, 0]}),
    "classroom.classes.follow": lambda bob, hers: classes.follow(bob, hers.code, True),
    "classroom.classes.restrict": lambda bob, hers: classes.restrict(bob, hers.code, True),
    "classroom.classes.ask": lambda bob, hers: classes.ask(bob, hers.code, {"words": "His?"}),
    "classroom.classes.close": lambda bob, hers: classes.close(bob, hers.code),
    "classroom.members.everybody": lambda bob, hers: members.everybody(bob, hers.code),
    "classroom.members.steps": lambda bob, hers: members.steps(bob, hers.code),
    "classroom.members.send_out": lambda bob, hers: members.send_out(bob, hers.code, 1),
    "classroom.answers.of_all": lambda bob, hers: answers.of_all(bob, hers.code, "a"),
    "classroom.answers.hide": lambda bob, hers: answers.hide(bob, hers.code, "a", 1),
    "classroom.pictures.of_all": lambda bob, hers: class_pictures.of_all(bob, hers.code),
    "classroom.pictures.counts": lambda bob, hers: class_pictures.counts(bob, hers.code),
    "jobs.notebooks.of": lambda bob, hers: notebooks.of(bob, checkpoints.card(hers.name)),
    "jobs.notebooks.events_zip": lambda bob, hers: notebooks.events_zip(bob, hers.name),
}  # fmt: skip
"""What is refused in a sentence."""

FOR_TEACHERS = {
    "classroom.classes.open_class",
    "accounts.expiry.held_back", "accounts.expiry.mark_all",
    "accounts.ownership.everything", "accounts.personal_limits.set_for", "jobs.access.everything",
}  # fmt: skip
FOR_OWNERS = {
    "classroom.classes.own", "classroom.classes.show", "classroom.classes.look",
    "classroom.classes.follow", "classroom.classes.restrict", "classroom.classes.ask",
    "classroom.classes.close", "classroom.members.everybody", "classroom.members.steps",
    "classroom.members.send_out", "classroom.answers.of_all", "classroom.answers.hide",
    "classroom.pictures.of_all", "classroom.pictures.counts",
    "accounts.expiry.bring_back",
    "accounts.ownership.check_sees", "accounts.ownership.check_owns", "accounts.ownership.rename",
    "accounts.ownership.share", "image_sets.changing.rename", "image_sets.changing.call",
    "image_sets.changing.rename_class", "image_sets.changing.drop",
    "image_sets.changing.classify", "latent.clusters.keep_as_classes", "jobs.access.submit",
    "jobs.access.submit_learned", "jobs.access.rename", "jobs.under_way.watching.run",
    "jobs.under_way.watching.events", "jobs.analysis_results.find", "jobs.analysis_results.get",
    "jobs.analysis_results.ask", "jobs.analysis_results.read", "jobs.answers_so_far.read",
    "jobs.notebooks.of",
    "export.downloads.weights", "export.downloads.onnx_zip", "export.downloads.html",
}  # fmt: skip
"""What only one of the two may do; the rest both may."""

EMPTY: dict[str, Call] = {
    "accounts.ownership.get": lambda bob, hers: ownership.get(bob, hers.name),
    "accounts.ownership.visible":
        lambda bob, hers: ownership.visible(bob, [hers.name, hers.images]),
}  # fmt: skip
"""What gives nothing of hers."""

ONES_OWN: dict[str, Call] = {
    "accounts.ownership.add":
        lambda bob, _: ownership.add(bob, ownership.new_name("x"), ownership.CHECKPOINT, "X"),
    "accounts.ownership.add_in": lambda bob, _: added_in(bob),
    "accounts.room.check": lambda bob, _: room.check(bob, ownership.IMAGE_SET),
    "accounts.room.check_in": lambda bob, _: checked_in(bob),
    "accounts.expiry.of": lambda bob, _: expiry.of(bob, ownership.CHECKPOINT),
    "accounts.upload_allowances.add": lambda bob, _: upload_allowances.add(bob, 1),
    "accounts.upload_allowances.check": lambda bob, _: upload_allowances.check(bob, 1, limits()),
    "accounts.upload_allowances.within_hour": lambda bob, _: upload_allowances.within_hour(bob),
    "accounts.upload_allowances.megabytes_left":
        lambda bob, _: upload_allowances.megabytes_left(bob, limits()),
    "classroom.classes.of_teacher": lambda bob, _: classes.of_teacher(bob),
    "classroom.members.join": lambda bob, hers: joined(bob, hers),
    "classroom.members.of": lambda bob, _: members.of(bob),
    "classroom.members.inside": lambda bob, hers: inside(bob, hers),
    "classroom.members.leave": lambda bob, _: members.leave(bob),
    "classroom.members.reach": lambda bob, _: members.reach(bob, "2"),
    "classroom.answers.give": lambda bob, hers: answered(bob, hers),
    "classroom.answers.mine": lambda bob, _: answers.mine(bob, "a"),
    "classroom.answers.counts": lambda bob, _: answers.counts(bob, "a"),
    "classroom.pictures.bring": lambda bob, hers: brought(bob, hers),
    "classroom.pictures.mine": lambda bob, _: class_pictures.mine(bob),
    "classroom.pictures.take_back": lambda bob, _: class_pictures.take_back(bob),
    "image_sets.saving.save": lambda bob, _: saving.save(bob, *pictures(), title="His"),
    "uploads.separate.reading.opened": lambda bob, _: read(bob),
}  # fmt: skip
"""What knows nobody but who asks."""

OPEN_TO_PAGES = {
    "image_sets.changing.noun",
    "accounts.ownership.new_name", "accounts.ownership.is_private",
    "accounts.ownership.tidy_title", "accounts.ownership.exists",
    "accounts.personal_limits.names",
    "image_sets.catalogue.available", "image_sets.catalogue.titles",
    "image_sets.catalogue.class_names", "image_sets.catalogue.version",
    "image_sets.catalogue.load", "image_sets.saving.kept",
    "jobs.waits.lengths", "jobs.waits.of", "jobs.waits.of_next", "jobs.table.waiting",
    "jobs.table.under_way",
    "classroom.classes.by_code", "classroom.classes.told", "classroom.members.count",
    "jobs.notebooks.spec_of", "export.downloads.disk_bytes",
}  # fmt: skip
"""What pages and the server use of these modules without saying who asks: names, titles of what was
found by one's name, lengths of queues. Loading a set is behind `cached.image_set`, which asks."""

CLOSED = {
    ("image_sets", "remove"), ("checkpoints", "delete"), ("checkpoints", "retitle"),
    ("checkpoints", "save"), ("classifiers", "delete"), ("classifiers", "retitle"),
    ("files", "discard"), ("files", "forget_state"), ("files", "keep_state"),
}  # fmt: skip
"""What changes things of which it does not ask whose they are, by the name that others call it."""


def read(bob: Person) -> None:
    """A picture that he sends, once it is its turn."""
    sent = Bundle([("a.png", io.BytesIO(encoded(Image.new("L", (28, 28)), "PNG")))])
    with separate.opened(sent, Choices(), limits(), bob) as found:
        assert [*found.look(), *found.read()]
    separate.READERS.end_idle()


def added_in(person: Person) -> None:
    name = ownership.new_name("x")
    with writing() as connection:
        ownership.add_in(connection, person, name, ownership.CHECKPOINT, "X", limits())


def checked_in(person: Person) -> None:
    with reading() as connection:
        room.check_in(connection, person, ownership.CHECKPOINT, limits(), size=1)


def own_class(person: Person, code: str) -> None:
    with reading() as connection:
        classes.own(connection, person, code)


def joined(bob: Person, hers: Belongings) -> None:
    members.join(bob, hers.code, "Bob")


def inside(bob: Person, hers: Belongings) -> None:
    joined(bob, hers)
    with reading() as connection:
        assert members.inside(connection, bob)


def answered(bob: Person, hers: Belongings) -> None:
    joined(bob, hers)
    answers.give(bob, "a", "his")
    assert answers.mine(bob, "a") == "his"


def brought(bob: Person, hers: Belongings) -> None:
    joined(bob, hers)
    class_pictures.bring(bob, "cats", b"a picture")
    assert class_pictures.mine(bob) == {"cats": 1}
