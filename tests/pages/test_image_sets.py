"""The page Image sets: what is shown before anything is kept, what is kept, and for whom."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import numpy as np
import psutil
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from ae_core import image_sets
from ae_core.accounts import ownership, personal_limits
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.image_sets import saving, stored
from ae_core.images.form import Form, formed
from ae_core.texts import joined
from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.separate import messages, reading
from pages.ui.image_sets import intake as intake_views
from tests.pages import app_pages
from tests.pages.app_pages import press, words
from tests.people import ANN, TEACHER
from tests.uploads.made_files import encoded, zipped

pytestmark = pytest.mark.usefixtures("fresh_caches")

opened = partial(app_pages.opened, "image_sets")

ROOT = Path(__file__).resolve().parents[2]

HOSTILE = "<img src=x onerror=alert(1)>[a](https:~example.org)**b**"


def picture(seed: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def pets(count: int = 12, name: str = "cats") -> bytes:
    """A zip with two classes, one copy, one file that is no picture, one that nobody meant."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(count):
            archive.writestr(f"pets/{name}/{number}.png", png(picture(number)))
            archive.writestr(f"pets/dogs/{number}.png", png(picture(100 + number)))
        archive.writestr(f"pets/{name}/copy.png", png(picture(0)))
        archive.writestr(f"pets/{HOSTILE}.png", b"no picture")
        archive.writestr("__MACOSX/pets/._1.png", b"x")
    return written.getvalue()


def uploaded(app: AppTest, name: str = "pets.zip", data: bytes | None = None) -> AppTest:
    app.file_uploader[0].set_value([(name, pets() if data is None else data, "")])
    return app.run()


def kept(owner: str, title: str = "Theirs") -> str:
    collection = PictureCollection()
    for number in range(20):
        collection.add(ReadResult("", "", picture(number)))
    return saving.save(Person(owner), collection, collection.survey(), Form(), title=title).name


def test_the_empty_page_says_what_to_do_and_what_the_limits_are() -> None:
    app = opened()
    assert not app.exception
    assert "each folder in it becomes a class" in words(app)
    assert "Up to 50,000 pictures and 200 MB at once, 600 MB more within this hour" in words(app)
    assert app.file_uploader[0].proto.max_upload_size_mb == 200
    assert "Your image sets" not in words(app)


def test_everything_is_shown_before_anything_is_kept(home: Path) -> None:
    app = uploaded(opened())
    assert not app.exception
    said = words(app)
    for part in ("<dd>25</dd>", "all 40 x 30", "1, left out", "cats", "dogs", "1 that the system"):
        assert part in said
    assert "1 could not be used" in " ".join(each.label for each in app.expander)
    assert "is damaged or is not a picture" in said
    assert said.count("<img") == 24
    assert not stored.root().exists()
    assert image_sets.available() == ["digits", "shapes"]


def test_names_from_people_cannot_put_anything_on_the_page() -> None:
    app = uploaded(opened(), f"{HOSTILE}.zip", pets(name=HOSTILE))
    app.text_input(key="image-sets:title").set_value(HOSTILE).run()
    assert "&lt;img src=x" in words(app)
    app = press(app, "Keep these")
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "&lt;img src=x" in html
    assert "<img src=x" not in html
    marked = " ".join(element.value for kind in (app.markdown, app.caption) for element in kind)
    for whole in ("<img src=x", "](https", "**b**"):
        escaped = "".join(f"\\{each}" if each in "<[]()*:" else each for each in whole)
        assert escaped in marked
        assert whole not in marked.replace(escaped, "")


def test_the_form_changes_what_is_shown_and_what_is_kept() -> None:
    app = uploaded(opened())
    before = words(app)
    app.segmented_control(key="image-sets:size").set_value(64)
    app.segmented_control(key="image-sets:fit").set_value("pad")
    app.toggle(key="image-sets:colour").set_value(False)
    app.toggle(key="image-sets:invert").set_value(True)
    app.run()
    assert words(app) != before
    app.text_input(key="image-sets:title").set_value("Cats, dogs").run()
    app = press(app, "Keep these 24")
    assert not app.exception
    assert [error.value for error in app.error] == []
    name = app.query_params["set"]
    images = image_sets.load(name)
    assert images.title == "Cats, dogs"
    assert images.image_shape == (1, 64, 64)
    assert images.classes == ("cats", "dogs")
    collection = PictureCollection()
    for result in intake.read([intake.Upload("pets.zip", io.BytesIO(pets()))]):
        collection.add(result)
    form = Form(size=64, fit="pad", invert=True)
    expected = {formed(collection.picture(n), form).tobytes() for n in range(25)}
    there = [*images.train.numpy(), *images.test.numpy()]
    assert {image.tobytes() for image in there} == expected


def test_a_set_is_kept_with_what_its_pictures_are_called_or_not_at_all() -> None:
    app = uploaded(opened())
    app.text_input(key="image-sets:one").set_value("animal").run()
    app = press(app, "Keep these")
    assert "Give both words" in app.error[0].value
    assert "Your image sets" not in words(app)
    app.text_input(key="image-sets:many").set_value("animals").run()
    assert "24 animals: " in words(press(app, "Keep these"))


def test_a_kept_set_is_listed_with_its_counts_and_the_day_it_is_deleted() -> None:
    app = press(uploaded(opened()), "Keep these")
    said = words(app)
    assert "Your image sets" in said
    assert "28x28, in colour, 2 classes (cats, dogs)" in said
    assert "It expires on " in said
    assert app.file_uploader
    assert said.count("test image") >= 2


def test_without_labels_the_page_says_so_and_does_not_pretend() -> None:
    files = [(f"{n}.png", png(picture(n)), "") for n in range(12)]
    app = opened()
    app.file_uploader[0].set_value(files)
    app.run()
    assert "No labels: all are one class" in words(app)
    assert "ae-balance" not in words(app)
    assert "no labels;" in words(press(app, "Keep these"))


def test_dark_ink_on_light_paper_is_swapped_by_itself() -> None:
    digits = image_sets.load("digits").train[:20, 0].numpy()
    files = [(f"{n}.png", png(Image.fromarray(255 - each)), "") for n, each in enumerate(digits)]
    app = opened()
    app.file_uploader[0].set_value(files)
    app.run()
    assert app.toggle(key="image-sets:invert").value is True
    assert "Most are dark on light" in words(app)


CASES = Path(__file__).parents[1] / "data" / "cases"


def case(name: str) -> AppTest:
    return uploaded(opened(), Path(name).name, (CASES / name).read_bytes())


def test_a_reading_is_said_and_another_one_changes_what_is_kept() -> None:
    app = case("07_number_scale/mask_0_2.npy")
    assert not app.exception
    assert "almost black" in app.warning[0].value
    app = press(app, "Read them so")
    assert not app.exception
    assert not app.warning
    assert "<dt>White</dt><dd>2</dd>" in words(app)
    app = press(app, "Keep these")
    assert image_sets.load(app.query_params["set"]).train.float().mean() > 10


def test_a_label_that_is_unsure_can_be_changed_and_the_header_too() -> None:
    app = case("04_csv_headerless_label/rare_corner_ink.csv")
    assert "from the column 1<" in words(app)
    assert "from the column 145" in words(app)
    app = press(app, "The first row names the columns")
    assert "<dt>Pictures</dt><dd>59</dd>" in words(app)
    assert "names the columns" in words(app)
    app = press(app, "The first row is a picture")
    assert "<dt>Pictures</dt><dd>60</dd>" in words(app)
    app = press(app, "Read them so")
    assert "from the column 145<" in words(app)


def test_names_that_two_code_pages_can_read_are_offered_in_both() -> None:
    app = case("01_zip_names/classes_gbk.zip")
    assert "猫" in words(app)
    assert "gbk" in words(app)
    assert "big5" in words(app)
    assert "癡" in words(app)


def test_pictures_without_anything_to_guess_say_nothing_of_a_reading() -> None:
    app = uploaded(opened(), "a.zip", zipped({f"{n}.png": encoded(picture(n)) for n in range(12)}))
    assert "How they were read" not in words(app)


def test_an_upload_with_nothing_in_it_gives_one_sentence() -> None:
    app = uploaded(opened(), "a.zip", b"PK\3\4 no zip")
    assert not app.exception
    assert len(app.error) == 1
    assert "cannot be opened as a zip" in app.error[0].value


def test_a_limit_is_named_where_it_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("images = 10\nimage_sets_kept = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    app = uploaded(opened())
    assert "26 pictures; a set may have 10" in app.info[0].value
    assert any(f"<dd>{count}</dd>" in words(app) for count in (9, 10))  # one may be damaged
    (tmp_path / "mine.toml").write_text("image_sets_kept = 1\n")
    app = press(uploaded(press(uploaded(opened()), "Keep these")), "Keep these")
    assert r"The limit is 1 (`image_sets_kept` in mine\.toml)" in app.error[0].value
    assert len(stored.names()) == 1


def test_whoever_waits_is_told_how_many_come_before_and_nobody_waits_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits() -> None:
        from pages.ui.shared.waiting import Bar

        for ahead in (2, 1, 0):
            Bar("Reading …").tell_place(ahead)

    bars = AppTest.from_function(waits).run().get("progress")
    assert [each.proto.text for each in bars] == [
        "2 uploads are before yours", "1 upload is before yours", "Reading …"
    ]  # fmt: skip
    (tmp_path / "mine.toml").write_text("uploads_waiting_in_all = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    with reading.UPLOADS.turn(Person("somebody else"), Limits(), print):
        app = uploaded(opened())
    assert "Too many uploads wait to be read. Try again in a few minutes." in app.error[0].value


def test_a_file_that_ends_the_process_that_reads_is_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receive = messages.receive

    def killed(pipe: Connection) -> tuple[messages.Message, bytes]:
        message, data = receive(pipe)
        if message.get("begun", "").endswith("cats/0.png"):
            for each in psutil.Process().children():
                each.kill()
        return message, data

    monkeypatch.setattr(messages, "receive", killed)
    app = uploaded(opened(), data=pets(200))  # more than lies in the pipe
    assert not app.exception
    assert "was stopped. Leave it out, or make it smaller" in app.error[0].value
    monkeypatch.undo()
    assert "What was found" in words(uploaded(opened()))


def test_limits_that_a_teacher_raised_for_somebody_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: "ann")
    (tmp_path / "mine.toml").write_text("images = 10\nmegapixels = 1\nupload_megabytes = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "mine.toml"))
    assert "a set may have 10" in uploaded(opened()).info[0].value
    for limit, value in (("images", 99), ("upload_megabytes", 7), ("days_kept", 90)):
        personal_limits.set_for(TEACHER, "ann", limit, value)
    app = opened()
    assert "Up to 99 pictures and 7 MB at once" in words(app)
    assert app.file_uploader[0].proto.max_upload_size_mb == 7
    app = uploaded(app)
    assert not app.info
    app = press(app, "Keep these")
    assert [error.value for error in app.error] == []
    (kept,) = ownership.of(ANN, ownership.IMAGE_SET)
    assert kept.expires - kept.made == pytest.approx(90 * 86400)


def test_reading_can_be_stopped_and_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened()
    app.file_uploader[0].set_value([("pets.zip", pets(), "")])
    ids = [each[0] for each in app.file_uploader[0]._files]  # type: ignore[union-attr]
    app.session_state[intake_views.STOPPED] = ids
    app.run()
    assert "Stopped. Nothing was kept." in words(app)
    assert "What was found" not in words(app)
    assert "What was found" in words(press(app, "Read them again"))


def test_what_was_taken_in_can_be_let_go() -> None:
    app = press(uploaded(opened()), "Choose other pictures")
    assert "What was found" not in words(app)
    assert app.file_uploader
    assert intake_views.DRAFT not in app.session_state


def test_a_set_is_deleted_only_after_a_second_press() -> None:
    app = press(uploaded(opened()), "Keep these")
    (name,) = stored.names()
    app = press(app, "Delete for good")
    assert not app.exception
    assert "Your image sets" not in words(app)
    assert name not in image_sets.available()


def test_others_see_a_set_only_with_its_link_and_only_while_it_is_shared() -> None:
    name = kept("somebody else")
    assert "Theirs" not in words(opened())
    refused = words(opened(set=name))
    assert "is not shared any more" in refused
    assert "Theirs" not in refused
    ownership.share(Person("somebody else"), name, True)
    assert "Theirs" not in words(opened())
    app = opened(set=name)
    assert "Shared with you" in words(app)
    assert "Theirs" in words(app)
    assert not [button for button in app.button if button.label.startswith("Delete")]


def test_the_owner_shares_with_a_switch_and_gets_a_link() -> None:
    app = press(uploaded(opened()), "Keep these")
    (name,) = stored.names()
    assert not app.code
    app.toggle(key=f"share-{name}").set_value(True).run()
    assert f"?set={name}" in app.code[0].value
    belonging = ownership.get(TEACHER, name)
    assert belonging is not None
    assert belonging.shared


def test_a_switch_that_could_not_be_turned_shows_what_is_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = press(uploaded(opened()), "Keep these")
    (name,) = stored.names()
    app.toggle(key=f"share-{name}").set_value(True).run()

    def busy(*__: object) -> NoReturn:
        raise UserError(joined("The database is busy."))

    monkeypatch.setattr("ae_core.accounts.ownership.share", busy)
    app.toggle(key=f"share-{name}").set_value(False).run()
    assert [each.value for each in app.toast] == [r"The database is busy\."]
    assert app.toggle(key=f"share-{name}").value is True
    assert f"?set={name}" in app.code[0].value


@pytest.mark.parametrize(
    "name", ["my-nothing", "../../etc/passwd", "digits", "", "my-[a](b)" * 999]
)
def test_nonsense_in_the_address_gives_at_most_one_sentence(name: str) -> None:
    app = opened(set=name)
    assert not app.exception
    assert len(app.warning) == name.startswith("my-")
    assert "[a](b)" not in words(app)


def test_a_broken_set_is_named_and_the_others_stay() -> None:
    app = press(uploaded(opened()), "Keep these")
    press(uploaded(app), "Keep these")
    first, second = stored.names()
    (stored.root() / first / "set.json").write_text("{")
    st.cache_resource.clear()
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "is not a whole image set" in app.error[0].value
    assert "in colour" in words(app)
    keys = [button.key for button in app.button]
    assert f"delete-{first}" in keys
    assert f"delete-{second}" in keys
