"""Who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A module may import its own layer and the ones above it in this list. A package's name stands
# for everything inside it that has no line of its own.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "ae_core.__init__",
        "ae_core.allowances",
        "ae_core.database",
        "ae_core.errors",
        "ae_core.folders",
        "ae_core.limits",
        "ae_core.options",
        "ae_core.recipes",
        "ae_core.settings",
        "ae_core.types",
        "ae_core.uploads",
    ),
    (
        "ae_core.archives",
        "ae_core.arithmetic",
        "ae_core.arrays",
        "ae_core.belongings",
        "ae_core.digit_form",
        "ae_core.duplicates",
        "ae_core.filters",
        "ae_core.image_form",
        "ae_core.image_moments",
        "ae_core.images",
        "ae_core.ink",
        "ae_core.loss_maps",
        "ae_core.losses",
        "ae_core.metrics",
        "ae_core.models",
        "ae_core.noise",
        "ae_core.optimisers",
        "ae_core.pixel_tables",
        "ae_core.splits",
        "ae_core.strangers",
    ),
    (
        "ae_core.analyses",
        "ae_core.architecture",
        "ae_core.cards",
        "ae_core.checkpoints",
        "ae_core.classifier_cards",
        "ae_core.classifier_network",
        "ae_core.classifier_recipe",
        "ae_core.classifier_runs",
        "ae_core.classifier_training",
        "ae_core.classifiers",
        "ae_core.code_parts",
        "ae_core.code_views",
        "ae_core.coded_images",
        "ae_core.copy_notes",
        "ae_core.directions",
        "ae_core.denoising",
        "ae_core.downloads",
        "ae_core.estimates",
        "ae_core.evaluation",
        "ae_core.event_files",
        "ae_core.export",
        "ae_core.flat_maps",
        "ae_core.groups",
        "ae_core.image_sets",
        "ae_core.intake",
        "ae_core.labelled",
        "ae_core.ladders",
        "ae_core.latent",
        "ae_core.live",
        "ae_core.neighbours",
        "ae_core.pile",
        "ae_core.report",
        "ae_core.report_figures",
        "ae_core.report_page",
        "ae_core.report_style",
        "ae_core.runs",
        "ae_core.set_saving",
        "ae_core.store",
        "ae_core.stored_sets",
        "ae_core.training",
        "ae_core.traversals",
        "ae_core.working_copy",
    ),
    ("ae_core.jobs",),
    (
        "ae_core.__main__",
        "ae_core.cli",
        "ae_core.cli_classify",
        "ae_core.cli_output",
        "ae_core.cli_train",
    ),
    ("pages.ui",),
    ("pages",),
    ("server",),
    ("app", "serve"),
    ("benchmarks", "scripts"),
)

FORBIDDEN_IN_CORE = ("app", "pages", "serve", "server", "streamlit")

SOURCES = sorted(
    path
    for pattern in (
        "*.py",
        "ae_core/**/*.py",
        "pages/**/*.py",
        "server/*.py",
        "benchmarks/**/*.py",
        "scripts/*.py",
    )
    for path in ROOT.glob(pattern)
)
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda path: module_name(path))


def module_name(source: Path) -> str:
    return ".".join(source.relative_to(ROOT).with_suffix("").parts)


def place(name: str) -> tuple[int, str] | None:
    """The layer of a module or of something inside it, and the entry that says so."""
    if name == "ae_core":
        name = "ae_core.__init__"
    while name:
        for number, layer in enumerate(LAYERS):
            if name in layer:
                return number, name
        name = name.rpartition(".")[0]
    return None


def imported(source: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}:{node.lineno}: write the import in full"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_ours(name: str) -> bool:
    top = name.partition(".")[0]
    return (ROOT / top).is_dir() or (ROOT / f"{top}.py").is_file()


@each_source
def test_every_module_has_its_place_in_the_layers(source: Path) -> None:
    assert place(module_name(source)), (
        f"{module_name(source)} is new: add it to the lowest layer in LAYERS, in "
        f"{Path(__file__).relative_to(ROOT)}, that holds everything it imports."
    )


@each_source
def test_imports_point_downwards(source: Path) -> None:
    here = place(module_name(source))
    for line, name in imported(source):
        there = place(name)
        if here is None or not is_ours(name):
            continue
        assert there, f"{source}:{line}: {name} has no place in LAYERS"
        assert there[0] <= here[0], f"{source}:{line}: {here[1]} may not import {name}"


@each_source
def test_a_page_never_imports_a_page(source: Path) -> None:
    if place(module_name(source)) == place("pages"):
        for line, name in imported(source):
            assert place(name) != place("pages"), f"{source}:{line}: {name} is a page too"


@each_source
def test_the_core_knows_nothing_of_the_web_app(source: Path) -> None:
    if module_name(source).startswith("ae_core."):
        for line, name in imported(source):
            assert name.partition(".")[0] not in FORBIDDEN_IN_CORE, f"{source}:{line}: {name}"


@each_source
def test_nothing_allows_pickles(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            refused = isinstance(node.value, ast.Constant) and node.value.value is False
            assert refused, f"{source}:{node.value.lineno}: allow_pickle must be False"
