"""An `AE_HOME` that the version before the rooms made opens as it is: nothing kept is lost."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch

from ae_core import checkpoints, classifiers, image_sets
from ae_core.accounts import ownership, personal_limits
from ae_core.jobs import access, analysis_results, files, notebooks, states, trainer
from tests.jobs.small_jobs import NoRequests
from tests.pages.app_pages import model, opened, words
from tests.people import ANN, BOB, TEACHER, with_links

pytestmark = pytest.mark.usefixtures("fresh_caches")

FIRST, OF_PETS = "my-first-hwwpcucsehm4675y", "my-of-pets-m9mcu3qkrw8ur2jq"
LONG, WAITING = "my-long-b7x482zdwiji3j48", "my-waiting-m55d6jydzmx63b4m"
PETS = "my-pets-pw2tynkbm7hizssv"


@pytest.fixture(autouse=True)
def before(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Ann, Bob and Cid kept; Ann is here."""
    with ZipFile(Path(__file__).with_name("data") / "home_before.zip") as kept:
        kept.extractall(home)
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")
    return home


def test_jobs_are_listed_as_they_ended_or_wait() -> None:
    jobs = {job.name: job for job in access.everything(TEACHER)}
    assert {name: (job.owner, job.state) for name, job in jobs.items()} == {
        FIRST: ("ann", states.FINISHED),
        OF_PETS: ("ann", states.FINISHED),
        LONG: ("bob", states.PAUSED),
        WAITING: ("cid", states.QUEUED),
    }
    assert all(job.is_readable for job in jobs.values())
    assert jobs[OF_PETS].spec.image_set == PETS
    assert [event["step"] for event in access.events(TEACHER, jobs[FIRST].id)][-1] == 60
    assert files.snapshots(FIRST) == [6, 30, 60]
    assert files.snapshot(FIRST, 60)
    assert len(notebooks.events_zip(ANN, FIRST)) > 1000


def test_what_is_owned_renamed_shared_and_allowed_stays() -> None:
    mine = ownership.get(TEACHER, FIRST)
    assert mine
    assert (mine.owner, mine.title, mine.shared) == ("ann", "Renamed", True)
    assert ownership.visible(ANN, [FIRST, OF_PETS, LONG, PETS]) == {FIRST, OF_PETS, PETS}
    names = [FIRST, OF_PETS, PETS]
    assert ownership.visible(with_links(BOB, *names), names) == {FIRST, PETS}
    assert personal_limits.of(ANN).checkpoints_kept == 7


def test_checkpoints_classifier_and_image_set_load() -> None:
    pets = image_sets.load(PETS)
    assert pets.classes == ("bird", "cat", "dog")
    assert len(pets.train) + len(pets.test) == 45
    for name, title in ((FIRST, "Renamed"), (OF_PETS, "Of pets")):
        kept = checkpoints.load(name)
        assert kept.card.title == title
        assert kept.codes is not None
        assert torch.isfinite(kept.model.decode(kept.codes)).all()
    assert checkpoints.card(OF_PETS).image_set_sha256 == pets.sha256
    reader = classifiers.load("reader-of-before")
    taken = reader.classifier.predict(image_sets.load("digits").test)[0]
    assert (taken == image_sets.load("digits").test_labels).float().mean() > 0.2


def test_answer_is_found_again_and_not_asked_anew() -> None:
    card = checkpoints.card(FIRST)
    asked = {
        "model": {"name": card.name, "sha256": card.weights_sha256},
        "images": {"name": card.image_set, "sha256": card.image_set_sha256},
    }
    app = opened("codes", model=FIRST, part="used and dead")
    assert not app.exception
    assert not app.error
    row = analysis_results.find(ANN, "dimensions", asked)
    assert row
    assert row.state == analysis_results.READY
    assert analysis_results.read(ANN, row.key)


@pytest.mark.parametrize("name", [FIRST, OF_PETS])
@pytest.mark.parametrize("script", ["reconstruct", "latent_space", "denoise", "compare", "models"])
@pytest.mark.one_in(3)
def test_pages_show_the_models(script: str, name: str) -> None:
    app = opened(script, model=name)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert model(app) == name


def test_train_and_image_sets_list_what_was_kept() -> None:
    app = opened("train")
    assert not app.exception
    assert "Of pets" in words(app)
    app = opened("image_sets")
    assert not app.exception
    assert "Pets" in words(app)


def test_paused_run_goes_on_where_it_was() -> None:
    job = next(job for job in access.everything(TEACHER) if job.name == LONG)
    access.go_on(BOB, job.id)
    run = trainer.begun(job.spec, "cpu")
    assert run.training.step == job.step > 0
    pipes = multiprocessing.Pipe()
    state, _ = trainer.trained(run, 0.1, pipes[1], NoRequests())
    assert state == states.FINISHED
    assert checkpoints.card(LONG).steps > job.step
