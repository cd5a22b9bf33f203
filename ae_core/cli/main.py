"""The command line: `python -m ae_core`. Every command takes `--json`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import torch
import typer
from rich.table import Column, Table

from ae_core import checkpoints, classifiers, image_sets, latent, wording
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import onnx_files as classifier_files
from ae_core.cli import images as own_images
from ae_core.cli import sweep, train
from ae_core.cli.output import Json, errors, out, print_json, progress, report
from ae_core.errors import UserError
from ae_core.evaluation import metrics
from ae_core.evaluation.bounds import bounds
from ae_core.evaluation.scores import evaluate
from ae_core.export import browser_models, onnx_files
from ae_core.export.html_file import html_file
from ae_core.image_sets import mnist
from ae_core.images import reading
from ae_core.images.digit_form import digit_steps
from ae_core.models import FAMILIES, FAMILY_OF, parameter_count
from ae_core.settings import THREADS
from ae_core.texts import _
from ae_core.training.devices import gpu

app = typer.Typer(
    help="Autoencoders to look into: train, evaluate, decode, export.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
train.add_to(app)
sweep.add_to(app)
own_images.add_to(app)

PROGRAM = "python -m ae_core"

Name = Annotated[str, typer.Argument(help="A checkpoint; `models` lists them.")]
SetName = Annotated[
    str, typer.Option("--set", help="Image set; by default the one it was trained on.")
]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; exit code 2 and one sentence on bad input."""
    torch.set_num_threads(THREADS)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        sys.exit(app(_prepared(given), prog_name=PROGRAM, standalone_mode=False))
    except UserError as failure:
        sentence = str(failure)
    except typer.TyperException as failure:
        where = getattr(getattr(failure, "ctx", None), "command_path", PROGRAM)
        sentence = f"{failure.format_message().rstrip('.')}. See `{where} --help`."
    except RuntimeError as failure:
        if (reason := gpu.meaning(failure)) is None:
            raise
        sentence = _("{reason} Train on the CPU, with --device cpu.", reason=reason)
    errors.print(f"Error: {sentence}", style="red")
    sys.exit(2)


@app.command()
def models(as_json: Json = False) -> None:
    """List the models that can be trained, and the checkpoints that can be used."""
    cards, broken = checkpoints.available()
    readers, broken_readers = classifiers.available()
    broken += broken_readers
    if as_json:
        print_json(
            {
                "families": {
                    name: {
                        "title": family.title,
                        "summary": family.summary,
                        "presets": {p: list(recipes) for p, recipes in family.presets.items()},
                    }
                    for name, family in FAMILIES.items()
                },
                "checkpoints": [asdict(card) for card in cards],
                "classifiers": [asdict(card) for card in readers],
                "broken": [{"name": each.name, "reason": each.reason} for each in broken],
            }
        )
        return
    name_of_model = Column("model", no_wrap=True)
    table = Table(name_of_model, "family", "recipes", "parameters", "what it is", title="To train")
    for name, family_name in FAMILY_OF.items():
        family = FAMILIES[family_name]
        variants = family.presets[name]
        counts = (f"{parameter_count(family.model(v.config)):,}" for v in variants.values())
        table.add_row(name, family_name, " / ".join(variants), " / ".join(counts), family.summary)
    out.print(table)
    table = Table("checkpoint", "trained on", "code", "BCE", "MSE", "PSNR", title="To use")
    for card in cards:
        scores = card.metrics
        table.add_row(
            card.name,
            card.image_set,
            str(card.latent_dim),
            f"{scores['bce']:.4f}",
            f"{scores['mse']:.4f}",
            f"{scores['psnr']:.1f} dB",
        )
    out.print(table)
    if readers:
        heads = ("classifier", "encoder", "labelled images", "recognised")
        table = Table(*heads, title="To read with")
        for reader in readers:
            accuracy = f"{reader.metrics['accuracy']:.2%}"
            table.add_row(reader.name, reader.started_from, f"{reader.labels:,}", accuracy)
        out.print(table)
    for folder in broken:
        out.print(folder.reason, style="yellow")


@app.command()
def fetch(as_json: Json = False) -> None:
    """Download MNIST to where the app and the other commands find it."""
    if "mnist" not in image_sets.available():
        if as_json:
            for share in mnist.fetch():
                print(json.dumps({"share": share}), flush=True)
        else:
            with progress("{task.percentage:>3.0f}%") as bar:
                task = bar.add_task("MNIST", total=1.0)
                for share in mnist.fetch():
                    bar.update(task, completed=share)
    found = image_sets.load("mnist")
    result = {"train": len(found.train), "test": len(found.test), "sha256": found.sha256}
    report(as_json, result, f"MNIST is here: {result['train']:,} images to train on.")


@app.command()
def work(
    parent: Annotated[int, typer.Option(help="End with the process of this number.")] = 0,
) -> None:
    """Train what people ask for in the app, until it is stopped; the app starts one by itself."""
    from ae_core.jobs import worker  # the database is of no use to other commands

    worker.main(parent)


@app.command()
def check(as_json: Json = False) -> None:
    """Look at this machine: GPU, time of decoding, MNIST, browser's part, disk, worker."""
    from ae_core.jobs import self_test  # the database is of no use to other commands

    facts = {fact.name: {"says": fact.says, "well": fact.is_well} for fact in self_test.facts()}
    lines = [f"{name}: {fact['says']}" for name, fact in facts.items()]
    report(as_json, facts, "\n".join(lines))


@app.command()
def restore(as_json: Json = False) -> None:
    """Put back the last whole copy of the database, once that is damaged."""
    from ae_core.database import copies

    former, copy = copies.put_back()
    result = {"former": str(former), "copy": str(copy)}
    report(as_json, result, f"The database is that of {copy} again. The former one is {former}.")


@app.command(name="evaluate")
def evaluate_command(
    name: Name,
    image_set: SetName = "",
    with_bounds: Annotated[
        bool,
        typer.Option("--bounds", help="Bounds on the likelihood too, 100 draws for each image."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure a checkpoint on the test images of a set."""
    checkpoint = checkpoints.load(name)
    chosen = image_sets.load(image_set or checkpoint.card.image_set)
    scores = evaluate(checkpoint.model, chosen.test)
    if with_bounds:
        scores |= bounds(checkpoint.model, chosen.test)
    if as_json:
        print_json({"name": name, "image_set": chosen.name, "metrics": scores})
        return
    table = Table("figure", "value", title=f"{name} on {len(chosen.test):,} test images")
    for figure, value in scores.items():
        table.add_row(figure, f"{value:.4f}")
    out.print(table)


@app.command()
def reconstruct(
    name: Name,
    files: Annotated[list[Path], typer.Argument(help="Pictures of one digit each.")],
    to: Annotated[
        Path, typer.Option("--out", help="Picture to write: originals over results.")
    ] = Path("reconstructions.png"),
    as_json: Json = False,
) -> None:
    """Reconstruct pictures: each digit is found, centred and brought into the model's form."""
    checkpoint = checkpoints.load(name)
    _takes_digits(checkpoint.card)
    found = [digit_steps(reading.read(_bytes(path), path.name))[-1].image for path in files]
    x = torch.stack([torch.from_numpy(image) for image in found]).unsqueeze(1).float().div(255)
    x_hat = checkpoint.model(x)
    picture = torch.cat([x, x_hat], dim=2).squeeze(1).permute(1, 0, 2).flatten(1)
    _write(to, reading.to_png(picture.numpy()))
    errors = metrics.mse(x_hat, x).tolist()
    result = {
        "out": str(to),
        "mse": {str(path): error for path, error in zip(files, errors, strict=True)},
    }
    lines = [f"{path}: MSE {error:.4f}" for path, error in zip(files, errors, strict=True)]
    report(as_json, result, "\n".join([*lines, f"Wrote {to}."]))


@app.command()
def decode(
    name: Name,
    code: Annotated[str, typer.Option("--code", help="The numbers of the code.")],
    to: Annotated[Path, typer.Option("--out", help="Picture to write.")] = Path("decoded.png"),
    as_json: Json = False,
) -> None:
    """Decode a code typed by hand: `decode mnist-tanh-3 --code 0.02 -0.543 -0.012`."""
    checkpoint = checkpoints.load(name)
    z = latent.parse_code(code, checkpoint.card.latent_dim)
    image = checkpoint.model.decode(z.unsqueeze(0))[0].permute(1, 2, 0).squeeze(-1)
    _write(to, reading.to_png(image.numpy()))
    report(as_json, {"out": str(to), "code": z.tolist()}, f"Wrote {to}.")


@app.command(name="export")
def export_command(
    name: Name,
    onnx: Annotated[
        bool, typer.Option("--onnx", help="Write encoder.onnx and decoder.onnx.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Write its live map as one page for any browser.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder, or with --html the file, to write to.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a checkpoint in a form that other programs read."""
    if onnx == html:
        raise UserError(_("Say which form to export: --onnx or --html."))
    checkpoint = checkpoints.load(name)
    if html:
        file = to or Path(f"{name}.html")
        images = browser_models.test_images(checkpoint.card)
        reader = _reader(checkpoint.card)
        _write(file, html_file(checkpoint, images=images, classifier=reader))
        size = wording.file_size(file.stat().st_size)
        report(as_json, {"files": [str(file)]}, f"Wrote {file}, {size}: it opens in any browser.")
        return
    folder = to or Path(f"{name}-onnx")
    try:
        paths = onnx_files.to_onnx(checkpoint.model, folder)
    except OSError as failure:
        raise UserError(
            _("{path} cannot be written ({reason}).", path=folder, reason=failure.strerror)
        ) from failure
    report(as_json, {"files": [str(path) for path in paths]}, f"Wrote {paths[0]} and {paths[1]}.")


@app.command(name="report")
def report_command(
    to: Annotated[Path, typer.Option("--out", help="Page to write.")] = Path("report.html"),
    as_json: Json = False,
) -> None:
    """Measure every checkpoint, and write one page that compares them."""
    from ae_core.report import entries as reports  # plotly takes a second to import
    from ae_core.report import page as report_page

    if to.is_dir() or not to.parent.is_dir():
        raise UserError(
            _(
                "{path} cannot be written: it is a folder, or in a folder that is not there.",
                path=to,
            )
        )
    cards, broken = checkpoints.available()
    found: list[reports.Entry | checkpoints.Broken] = []
    try:
        with progress("{task.completed} of {task.total}", hidden=as_json) as bar:
            task = bar.add_task("checkpoints", total=len(cards))
            for each in reports.entries(cards):
                found.append(each)
                bar.update(task, advance=1, description=each.name)
    except KeyboardInterrupt as failure:
        raise UserError(_("Stopped before the end: {path} was not written.", path=to)) from failure
    entries = [each for each in found if isinstance(each, reports.Entry)]
    broken += [each for each in found if isinstance(each, checkpoints.Broken)]
    page = report_page.page(entries, broken, made=datetime.now().astimezone())
    _write(to, page.encode())
    result = {
        "out": str(to),
        "checkpoints": [entry.row() for entry in entries],
        "broken": [{"name": each.name, "reason": each.reason} for each in broken],
    }
    report(as_json, result, f"Wrote {to}: {report_page.count(entries)}. Open it in a browser.")


def _prepared(arguments: list[str]) -> list[str]:
    """Let `decode --code` take several numbers, negative ones too, and no command mean help."""
    if arguments in ([], ["train"], ["sweep"]):
        return [*arguments, "--help"]
    if arguments[0] != "decode":
        return arguments
    joined: list[str] = []
    collecting = False
    has_name = len(arguments) > 1 and not arguments[1].startswith("-")
    for argument in arguments:
        is_number = argument.lstrip("-+")[:1] in set("0123456789.")
        if collecting and joined[-1] != "--code=" and not argument.startswith("--") and has_name:
            is_number = True  # what is no number is refused with what a code is
        if collecting and is_number:
            joined[-1] = f"{joined[-1]},{argument}"
            continue
        if collecting and joined[-1] == "--code=" and not argument.startswith("--"):
            joined[-1] = f"--code={argument}"
            continue
        collecting = argument == "--code"
        joined.append("--code=" if collecting else argument)
    return joined


def _reader(card: Card) -> bytes | None:
    """A classifier of the images that a model learned from, as ONNX, where there is one."""
    for each in classifiers.available()[0]:
        if each.image_set_sha256 == card.image_set_sha256 and each.image_shape == card.image_shape:
            return classifier_files.onnx_bytes(each.name, each.weights_sha256)
    return None


def _takes_digits(card: Card) -> None:
    if card.image_shape != (1, 28, 28):
        raise UserError(_("{name} does not take digits of 28 x 28 pixels in grey.", name=card.name))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise UserError(
            _("{path} cannot be read ({reason}).", path=path, reason=failure.strerror)
        ) from failure


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as failure:
        raise UserError(
            _("{path} cannot be written ({reason}).", path=path, reason=failure.strerror)
        ) from failure
