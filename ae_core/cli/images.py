"""Taking one's own pictures in on the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ae_core import image_sets
from ae_core.accounts import limits, ownership
from ae_core.accounts.limits import Limits
from ae_core.cli import declared
from ae_core.cli.output import Json, out, print_json, progress, report
from ae_core.errors import UserError
from ae_core.image_sets import published, saving, stored
from ae_core.images.form import Form
from ae_core.storage.json_cards import check_name
from ae_core.texts import _
from ae_core.uploads import archives
from ae_core.uploads.collection import PictureCollection, Survey
from ae_core.uploads.intake import Intake, Upload
from ae_core.uploads.readings import Choices, Reading

UNLIMITED = Limits(
    images=10_000_000, megapixels=1_000_000, megapixels_decoded=100_000_000,
    upload_megabytes=limits.MOST_UPLOAD,
)  # fmt: skip
"""Whoever has the command line has the machine."""

HEADERS = {"": None, "yes": True, "no": False}


OPTIONS = {
    "files": (
        Annotated[
            list[Path], typer.Argument(help="Pictures, zips, arrays, tables, or folders of them.")
        ],
        inspect.Parameter.empty,
    ),
    "name": (Annotated[str, typer.Option(help="What the set is called.")], ""),
    "label": (
        Annotated[str, typer.Option(help="The classes: of a column or array, folder, name, none.")],
        "",
    ),
    "white": (Annotated[float, typer.Option(min=0, help="The number that stands for white.")], 0.0),
    "header": (
        Annotated[str, typer.Option(help="A table's first row names its columns: yes or no.")], "",
    ),
    "size": (Annotated[int, typer.Option(help="Height and width of the images.")], 28),
    "colour": (
        Annotated[bool | None, typer.Option("--colour/--grey", help="Keep the colours, or not.")],
        None,
    ),
    "dry_run": (
        Annotated[bool, typer.Option("--dry-run", help="Only say what would be read.")], False,
    ),
    "as_json": (Json, False),
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    text = "Take pictures in as an image set: files, zips, arrays, tables, or folders of them."
    declared.add_command(app, "import", text, [], import_, OPTIONS)
    app.command(name="datasets")(datasets)


def datasets(
    names: Annotated[list[str] | None, typer.Argument(help="Which to fetch.")] = None,
    as_json: Json = False,
) -> None:
    """List the published image sets, or fetch some of them by name."""
    for name in names or ():
        with progress("{task.percentage:>3.0f}%", hidden=as_json) as bar:
            task = bar.add_task(name, total=1.0)
            for share in published.fetch(name):
                bar.update(task, completed=share)
    known = published.PUBLISHED.items()
    said = {
        name: {"title": each.title, "source": each.source, "classes": len(each.classes),
               "megabytes": each.megabytes, "here": published.is_here(name)}
        for name, each in known
    }  # fmt: skip
    if as_json:
        print_json(said)
        return
    table = Table("name", "title", "source", "classes", "download", "here")
    for name, each in known:
        size, is_here = f"{each.megabytes} MB", "yes" if published.is_here(name) else ""
        table.add_row(name, each.title, each.source, str(len(each.classes)), size, is_here)
    out.print(table)


def import_(files: Sequence[Path], *, name: str, dry_run: bool, as_json: bool, **how: Any) -> None:
    """Take pictures in as an image set; with `dry_run` only say what would be read.

    Raises:
        UserError: there is no picture, or the name or an option cannot be.
    """
    if not dry_run:
        _check_name(name)
    choices = Choices(label=how["label"], white=how["white"])
    found, collection = _read(list(_uploads(files)), choices, how["header"], hidden=as_json)
    survey = collection.survey()
    in_colour = how["colour"]
    if in_colour is None:
        in_colour = survey.colourful > survey.count / 2
    said = _as_json(found, choices, survey, in_colour=in_colour)
    if not as_json:
        _show(found.guesses.reading(choices), survey)
    if not dry_run:
        is_dark_on_light = not in_colour and survey.inverted > survey.count / 2
        form = Form(size=how["size"], colour=in_colour, invert=is_dark_on_light)
        card = saving.save_for_all(collection, survey, form, name=name, title=name)
        said |= {"name": card.name, "train": card.train, "test": card.test, "sha256": card.sha256}
        kept = (
            f"Kept as {name}: {card.train:,} images to train on, {card.test:,} to test on."
            f" Train on it with `python -m ae_core train PRESET --set {name}`."
        )
        report(as_json, said, kept)
    elif as_json:
        print_json(said)


def _read(
    uploads: Sequence[Upload], choices: Choices, header: str, *, hidden: bool
) -> tuple[Intake, PictureCollection]:
    if header not in HEADERS:
        raise UserError(_("--header is yes or no, and not {given!r}.", given=header))
    with progress("{task.percentage:>3.0f}%", hidden=hidden) as bar:
        task = bar.add_task("looking", total=1.0)
        found = Intake(uploads, UNLIMITED, has_header=HEADERS[header])
        for share in found.look():
            bar.update(task, completed=share)
        found.guesses.check(choices)
        bar.update(task, description="reading")
        collection = PictureCollection(UNLIMITED)
        for result in found.read(choices):
            collection.add(result)
            bar.update(task, completed=result.share)
    return found, collection


def _check_name(name: str) -> None:
    """Refuse a name that is none, taken, or one that only the app gives.

    Raises:
        UserError: it is.
    """
    if not name:
        raise UserError(_("Say what the set is called: --name."))
    check_name(name)
    if ownership.is_private(name) or name in image_sets.NAMES or name in stored.names():
        raise UserError(_("The name {name} is taken. Choose another one with --name.", name=name))


def _uploads(files: Sequence[Path]) -> Iterator[Upload]:
    """These files. A folder is as a zip of what is in it; of several each is a class.

    Raises:
        UserError: one is not there.
    """
    has_several = len([path for path in files if path.is_dir()]) > 1
    for path in files:
        if path.is_dir():
            for file in sorted(each for each in path.rglob("*") if each.is_file()):
                name = file.relative_to(path).as_posix()
                if archives.is_meant(name):
                    yield Upload(f"{path.resolve().name}/{name}" if has_several else name, file)
        elif path.is_file():
            yield Upload(path.name, path)
        else:
            raise UserError(_("{path} is not there.", path=path))


def _as_json(found: Intake, choices: Choices, survey: Survey, *, in_colour: bool) -> dict[str, Any]:
    width, height = survey.usual
    return {
        "count": survey.count,
        "classes": {} if set(survey.classes) == {""} else survey.classes,
        "size": [height, width],
        "colour": in_colour,
        "white": found.guesses.reading(choices).to_json()["white"],
        "brightness": round(survey.brightness, 6),
        "reading": found.guesses.reading(choices).to_json(),
        "alternatives": [
            reading.to_json() for _choices, reading in found.guesses.alternatives(choices)
        ],
        "refused": [{"name": name, "reason": reason} for name, reason in survey.refused],
    }


def _show(reading: Reading, survey: Survey) -> None:
    table = Table("", "", show_header=False, title=_("{count:,} pictures", count=survey.count))
    for line in reading.in_words():
        table.add_row(*line)
    if set(survey.classes) != {""}:
        counted = ", ".join(f"{name} {count:,}" for name, count in survey.classes.items())
        table.add_row(_("Classes"), counted)
    for name, reason in survey.refused:
        table.add_row(name, reason)
    out.print(table)
