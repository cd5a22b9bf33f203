"""The command line: `python -m ae_core`. Every command takes `--json`."""

from __future__ import annotations

import inspect
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ae_core import checkpoints, export, image_sets, images, latent, metrics, noise, runs
from ae_core.checkpoints import Card
from ae_core.digit_form import digit_steps
from ae_core.errors import UserError
from ae_core.evaluation import evaluate
from ae_core.models import FAMILIES, FAMILY_OF, parameter_count
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.runs import Run, RunSpec
from ae_core.settings import THREADS
from ae_core.training import MAX_SEED

app = typer.Typer(
    help="Autoencoders to look into: train, evaluate, decode, export.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
train_app = typer.Typer(help="Train a model and keep it as a checkpoint.")
app.add_typer(train_app, name="train")

# No markup and no emoji: names of files and models may look like them.
out = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
errors = Console(soft_wrap=True, markup=False, emoji=False, highlight=False, stderr=True)

PROGRAM = "python -m ae_core"

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
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
    errors.print(f"Error: {sentence}", style="red")
    sys.exit(2)


@app.command()
def models(as_json: Json = False) -> None:
    """List the models that can be trained, and the checkpoints that can be used."""
    cards, broken = checkpoints.available()
    if as_json:
        _print_json(
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
                "broken": [asdict(folder) for folder in broken],
            }
        )
        return
    table = Table("model", "family", "recipes", "parameters", "what it is", title="To train")
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
    for folder in broken:
        out.print(folder.reason, style="yellow")


@app.command()
def fetch(as_json: Json = False) -> None:
    """Download MNIST to where the app and the other commands find it."""
    if "mnist" not in image_sets.available():
        if as_json:
            for share in image_sets.fetch_mnist():
                print(json.dumps({"share": share}), flush=True)
        else:
            with _progress("{task.percentage:>3.0f} %") as bar:
                task = bar.add_task("MNIST", total=1.0)
                for share in image_sets.fetch_mnist():
                    bar.update(task, completed=share)
    found = image_sets.load("mnist")
    result = {"train": len(found.train), "test": len(found.test), "sha256": found.sha256}
    _report(as_json, result, f"MNIST is here: {result['train']:,} images to train on.")


@app.command(name="evaluate")
def evaluate_command(name: Name, image_set: SetName = "", as_json: Json = False) -> None:
    """Measure a checkpoint on the test images of a set."""
    checkpoint = checkpoints.load(name)
    chosen = image_sets.load(image_set or checkpoint.card.image_set)
    scores = evaluate(checkpoint.model, chosen.test)
    if as_json:
        _print_json({"name": name, "image_set": chosen.name, "metrics": scores})
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
    found = [digit_steps(images.read(_bytes(path), path.name))[-1].image for path in files]
    x = torch.stack([torch.from_numpy(image) for image in found]).unsqueeze(1).float().div(255)
    x_hat = checkpoint.model(x)
    picture = torch.cat([x, x_hat], dim=2).squeeze(1).permute(1, 0, 2).flatten(1)
    _write(to, images.to_png(picture.numpy()))
    errors = metrics.mse(x_hat, x).tolist()
    result = {
        "out": str(to),
        "mse": {str(path): error for path, error in zip(files, errors, strict=True)},
    }
    lines = [f"{path}: MSE {error:.4f}" for path, error in zip(files, errors, strict=True)]
    _report(as_json, result, "\n".join([*lines, f"Wrote {to}."]))


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
    _write(to, images.to_png(image.numpy()))
    _report(as_json, {"out": str(to), "code": z.tolist()}, f"Wrote {to}.")


@app.command(name="export")
def export_command(
    name: Name,
    onnx: Annotated[
        bool, typer.Option("--onnx", help="Write encoder.onnx and decoder.onnx.")
    ] = False,
    to: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    as_json: Json = False,
) -> None:
    """Write a checkpoint in a form that other programs read."""
    if not onnx:
        raise UserError("Say which form to export: --onnx.")
    checkpoint = checkpoints.load(name)
    folder = to or Path(f"{name}-onnx")
    try:
        paths = export.to_onnx(checkpoint.model, folder)
    except OSError as failure:
        raise UserError(f"{folder} cannot be written ({failure.strerror}).") from failure
    _report(as_json, {"files": [str(path) for path in paths]}, f"Wrote {paths[0]} and {paths[1]}.")


def train(
    preset: str,
    *,
    image_set: str,
    recipe: str,
    noise: str,
    seed: int,
    seconds: float | None,
    steps: int | None,
    device: str,
    name: str,
    title: str,
    keep_codes: bool,
    into: Path | None,
    resume: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Train one model; what the generated commands call."""
    given = {key: value for key, value in overrides.items() if value is not None}
    of_recipe = {option.name for option in Recipe.declared()}
    spec = RunSpec(
        preset=preset,
        image_set=image_set,
        recipe_name=recipe,
        config={k: v for k, v in given.items() if k not in of_recipe},
        recipe={k: v for k, v in given.items() if k in of_recipe},
        noise=noise_from(noise),
        seed=seed,
        seconds=seconds,
        steps=steps,
        name=name,
        title=title,
        keep_codes=keep_codes,
    )
    run = runs.start(spec, on=device)
    if resume:
        runs.resume(run)
    whole = _watch(run, as_json)
    if not whole:
        runs.set_aside(run)
    card = runs.finish(run, root=into)
    if whole:
        runs.discard_stopped(spec)
    scores = ", ".join(f"{figure} {value:.4f}" for figure, value in card.metrics.items())
    ending = "" if whole else " It was stopped; the same command with --resume goes on."
    _report(
        as_json,
        {"checkpoint": asdict(card), "whole": whole},
        f"Kept {card.name} after {card.steps:,} steps and {card.seconds:.1f} s: {scores}.{ending}",
    )


def noise_from(text: str) -> noise.Noise | None:
    """Noise from words such as "gaussian:mean=0.5,std=0.5"; none from no words."""
    if not text:
        return None
    kind, _, options = text.partition(":")
    values = {}
    for part in filter(None, options.split(",")):
        key, _, value = part.partition("=")
        values[key.strip()] = _number(value, part)
    return noise.make(kind, **values)


def _watch(run: Run, as_json: bool) -> bool:
    """Show a run until it ends, True, or Ctrl-C stops it, False.

    It stops between two steps, where its state is whole. A second Ctrl-C ends the program.
    """
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, former)

    former = signal.signal(signal.SIGINT, stop)
    columns = "{task.fields[losses]}  {task.fields[rate]}"
    try:
        with _progress(columns, hidden=as_json) as bar:
            task = bar.add_task(run.spec.preset, total=run.training.steps, losses="", rate="")
            for event in run.training:
                if as_json:
                    print(json.dumps({"event": asdict(event)}), flush=True)
                losses = " ".join(f"{k} {v:.4f}" for k, v in event.losses.items())
                rate = f"{event.images_per_second:,.0f} images/s"
                bar.update(task, completed=event.step, losses=losses, rate=rate)
                if stopped.is_set():
                    break
    finally:
        signal.signal(signal.SIGINT, former)
    return run.training.step == run.training.steps


def _add_train_command(preset: str) -> None:
    """Make `train PRESET` with an option for everything that its family and recipe declare."""
    family = FAMILIES[FAMILY_OF[preset]]
    recipes = " or ".join(family.presets[preset])
    text = typer.Option
    fixed: list[tuple[str, Any, Any]] = [
        ("image_set", Annotated[str, text("--set", help="Image set to train on.")], "mnist"),
        ("recipe", Annotated[str, text(help=f"How to train: {recipes}.")], "fast"),
        ("noise", Annotated[str, text(help="Noise to learn to remove: KIND:name=value,...")], ""),
        (
            "seed",
            Annotated[int, text(min=0, max=MAX_SEED, help="Same seed, same result, on a CPU.")],
            0,
        ),
        ("seconds", Annotated[float | None, text(min=0.1, help="Train for about so long.")], None),
        ("steps", Annotated[int | None, text(min=1, help="Train for so many steps.")], None),
        ("device", Annotated[str, text(help="auto, cpu or cuda.")], "auto"),
        ("name", Annotated[str, text(help="Name to keep it under.")], ""),
        ("title", Annotated[str, text(help="Title in the app.")], ""),
        ("keep_codes", Annotated[bool, text("--keep-codes", help="Keep the test codes.")], False),
        ("into", Annotated[Path | None, text(help="Folder to keep it in.")], None),
        ("resume", Annotated[bool, text("--resume", help="Go on with a stopped run.")], False),
        ("as_json", Json, False),
    ]
    declared = [*family.config.declared(), *Recipe.declared()]
    command: Callable[..., None] = lambda **values: train(preset, **_parsed(declared, values))  # noqa: E731
    parameters = fixed + [(option.name, _annotation(option), None) for option in declared]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=hint)
            for name, hint, value in parameters
        ]
    )
    command.__annotations__ = {name: hint for name, hint, _ in parameters}
    train_app.command(name=preset, help=f"{family.title}: {family.summary}")(command)


def _annotation(option: Option) -> Any:
    """A command line option from a declared one; no value means the preset's."""
    kind = str if option.kind is tuple or option.choices else option.kind
    choices = f": {', '.join(option.choices)}" if option.choices else ""
    low, high = (option.low, option.high) if kind in (int, float) else (None, None)
    flag = option.name.replace("_", "-")
    flags = f"--{flag}/--no-{flag}" if kind is bool else f"--{flag}"
    shown = typer.Option(flags, help=f"{option.help}{choices}.", min=low, max=high)
    return Annotated[kind | None, shown]


def _parsed(declared: Iterable[Option], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a generated command, lists of numbers taken apart."""
    lists = {option.name for option in declared if option.kind is tuple}
    return {
        key: tuple(_whole(part, value) for part in value.split(","))
        if key in lists and value is not None
        else value
        for key, value in values.items()
    }


def _number(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError as failure:
        raise UserError(f"{whole!r} is not a number.") from failure


def _whole(text: str, whole: str) -> int:
    try:
        return int(text)
    except ValueError as failure:
        raise UserError(f"{whole!r} is not a list of whole numbers.") from failure


def _prepared(arguments: list[str]) -> list[str]:
    """Let `decode --code` take several numbers, negative ones too, and no command mean help."""
    if arguments in ([], ["train"]):
        return [*arguments, "--help"]
    if arguments[0] != "decode":
        return arguments
    joined: list[str] = []
    collecting = False
    for argument in arguments:
        if collecting and argument.lstrip("-+")[:1] in set("0123456789."):
            joined[-1] = f"{joined[-1]},{argument}"
            continue
        if collecting and joined[-1] == "--code=" and not argument.startswith("--"):
            joined[-1] = f"--code={argument}"
            continue
        collecting = argument == "--code"
        joined.append("--code=" if collecting else argument)
    return joined


def _takes_digits(card: Card) -> None:
    if card.image_shape != (1, 28, 28):
        raise UserError(f"{card.name} does not take digits of 28 x 28 pixels in grey.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise UserError(f"{path} cannot be read ({failure.strerror}).") from failure


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as failure:
        raise UserError(f"{path} cannot be written ({failure.strerror}).") from failure


def _progress(columns: str, *, hidden: bool = False) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(columns),
        TimeRemainingColumn(),
        console=errors,
        disable=hidden,
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value))


def _report(as_json: bool, value: dict[str, Any], sentence: str) -> None:
    if as_json:
        _print_json(value)
    else:
        out.print(sentence)


for _preset in FAMILY_OF:
    _add_train_command(_preset)
