"""Notebooks of what is looked at: the same model, codes, map and walk, by `ae_core` alone."""

from __future__ import annotations

from collections.abc import Sequence

from ae_core.checkpoints.cards import Card
from ae_core.export import notebook_file
from ae_core.export.notebook_file import Cell, code, text
from ae_core.texts import _

WALKS = {"straight-line": "straight_walk", "arc": "spherical_walk"}
"""Ways of a walk that Python knows too."""

STEPS = 12

FLAT_FROM = 4
"""Numbers of a code from which on it takes a method to lay codes flat."""

PICTURES = """\
from PIL import Image


def picture(images):
    \"\"\"Images, (n, c, h, w) in [0, 1], side by side.\"\"\"
    row = torch.cat(list(images.clamp(0, 1)), dim=2).mul(255).round().byte()
    shown = Image.fromarray(row.permute(1, 2, 0).squeeze(2).numpy())
    return shown.resize((4 * shown.width, 4 * shown.height), Image.Resampling.NEAREST)"""


def of_map(
    card: Card,
    z: Sequence[float],
    *,
    axes: Sequence[int] = (),
    walk: Sequence[float] = (),
    way: str = "straight-line",
    link: str = "",
) -> bytes:
    """A notebook of a model's map: the code `z`, its picture, what is nearest, and a walk.

    `axes` are the two numbers across and up; without them a code of many numbers is shown along its
    principal axes. `walk` are the codes of both ends, one after the other.
    """
    ends = 2 * card.latent_dim
    return notebook_file.written(
        [
            *_beginning(card, link),
            code(
                "codes, labels = browser_models.codes_of(checkpoint)  # of the test images\n"
                f"z = torch.tensor({list(z)!r})\n"
                "picture(latent.decode(model, z.unsqueeze(0)))"
            ),
            text(_("The test image whose code is nearest, and how far away it is:")),
            code(
                "nearest = int(latent.nearest(codes, z)[0])\n"
                "distance = float((codes[nearest] - z).norm())\n"
                "print(nearest, names[labels[nearest]], distance)"
            ),
            text(_("The map: the code of each test image in the colour of its class.")),
            code(f"{_places(card, axes)}\n{_scatter('places', 'labels')}"),
            *_walk(walk, way, ends),
        ]
    )


def of_codes(card: Card, image_set: str, *, way: str = "pca", link: str = "") -> bytes:
    """A notebook of a model's codes: how far each number moves, what it draws, and a flat map."""
    cells = [
        *_beginning(card, link),
        code(
            "from ae_core import image_sets\n"
            "from ae_core.latent import flat_maps, traversals\n"
            "from ae_core.latent.coded_images import coded\n\n"
            f"images = image_sets.load({image_set!r})\n"
            "found = coded(checkpoint, images, at_once=True)\n"
            "found.z.std(0, correction=0)"
        ),
        text(_("One number at a time: each row moves one number and leaves the rest.")),
        code(
            "low, high = traversals.ends(found.z)\n"
            "middle = latent.typical_codes(found.z, found.labels)[0]\n"
            "rows = [\n"
            f"    traversals.along(model, middle, i, float(low[i]), float(high[i]), {STEPS})\n"
            "    for i in range(min(8, model.free_numbers))\n"
            "]\n"
            "# the pictures of each step one under the other, the steps side by side\n"
            "picture(torch.cat([latent.decode(model, row) for row in rows], dim=2))"
        ),
    ]
    if card.latent_dim >= FLAT_FROM:
        cells += [
            text(_("A flat map of the codes, and how far its neighbours can be trusted.")),
            code(
                f"places = flat_maps.flat(found.z, {way!r})\n"
                "print(flat_maps.trustworthiness(found.z, places))\n"
                f"{_scatter('places', 'found.labels')}"
            ),
        ]
    return notebook_file.written(cells)


def _beginning(card: Card, link: str) -> list[Cell]:
    about = _(
        "What the app shows, by the same functions. Run it inside a checkout of the app, where its"
        " packages are installed."
    )
    return [
        text("\n\n".join(filter(None, (f"# {card.title}", about, link and f"<{link}>")))),
        code(
            "import plotly.graph_objects as go\n"
            "import torch\n\n"
            "from ae_core import checkpoints, latent\n"
            "from ae_core.export import browser_models\n\n"
            f"checkpoint = checkpoints.load({card.name!r})\n"
            f'assert checkpoint.card.weights_sha256 == "{card.weights_sha256}"\n'
            "model = checkpoint.model\n"
            "names = browser_models.class_names(\n"
            "    checkpoint.card, browser_models.codes_of(checkpoint)[1]\n"
            ")"
        ),
        code(PICTURES),
    ]


def _places(card: Card, axes: Sequence[int]) -> str:
    """Where each code lies on the map."""
    if len(axes) == 2:
        return f"places = codes[:, {list(axes)!r}]"
    if card.latent_dim == 1:
        return "places = torch.stack([codes[:, 0], labels.float()], dim=1)"
    if card.latent_dim < FLAT_FROM:
        return "places = codes[:, :2]"
    return (
        "centre, axes, shares = browser_models.free_axes(model, codes)\n"
        "places = (codes - centre) @ axes.T"
    )


def _scatter(places: str, labels: str) -> str:
    return (
        "figure = go.Figure()\n"
        f"for label in {labels}.unique().tolist():\n"
        f"    x, y = {places}[{labels} == label].T.tolist()\n"
        '    figure.add_scatter(x=x, y=y, mode="markers", name=names[label])\n'
        "figure"
    )


def _walk(walk: Sequence[float], way: str, ends: int) -> list[Cell]:
    """The walk between two codes, where one is shown that Python knows too."""
    if len(walk) != ends or way not in WALKS:
        return []
    half = ends // 2
    return [
        text(_("The walk from one code to another.")),
        code(
            f"start = torch.tensor({list(walk[:half])!r})\n"
            f"end = torch.tensor({list(walk[half:])!r})\n"
            f"path = model.nearest_possible(latent.{WALKS[way]}(start, end, {STEPS}))\n"
            "picture(latent.decode(model, path))"
        ),
    ]
