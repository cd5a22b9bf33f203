"""A network as a drawing: image, layers, code in the middle, layers, image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

import streamlit as st

from ae_core import numerals, palette
from ae_core.evaluation.architecture import Layer
from ae_core.texts import N_, _, joined, ngettext

COLOURS = {
    "image": palette.GREY, "encoder": "#0f9488", "code": palette.HERE, "decoder": palette.BLUE,
}  # fmt: skip

TALLEST, SHORTEST, WIDTH = 108, 5, 22
LETTER, LINE, GAP = 6.0, 14, 10
"""Pixels: the width of a letter, the height of a line, and the gap between two labels."""

TIMES = "\u00d7"

BRANCHES = {
    "mean": N_("Mean"), "log_variance": N_("Spread"), "classifier": N_("Classifier"),
}  # fmt: skip
"""Names for the branches of a network."""

ROWS = (N_("size"), N_("weights"))
"""The names of the lines below a box, from the second on."""


@dataclass(frozen=True)
class Box:
    """A layer at its place: its middle, the left of its column, the place of its first label."""

    layer: Layer
    x: float
    y: float
    height: float
    lane: int
    column: float
    label_y: float

    @property
    def colour(self) -> str:
        return COLOURS["image" if self.layer.operation == "image" else self.layer.part]


def draw(layers: Sequence[Layer]) -> None:
    """Show the network; a wide one scrolls inside its box."""
    st.markdown(svg(layers), unsafe_allow_html=True)


def svg(layers: Sequence[Layer]) -> str:
    """The drawing as HTML. The taller a box, the more numbers leave its layer."""
    boxes, width, height = _placed(layers)
    parts = [_row_names(y) for y in sorted({box.label_y for box in boxes})]
    parts += [_band(before, after) for before, after in _neighbours(boxes)]
    parts += [_line(*ends) for ends in _side_lines(boxes)]
    parts += [_drawn(box) for box in boxes]
    label = _("Drawing of the network")
    # Blank lines would end the block for Markdown.
    return (
        f'<div class="ae-network" tabindex="0" role="region" aria-label="{escape(label)}"'
        ' style="overflow-x:auto;padding-bottom:4px">'
        f'<svg role="img" aria-label="{escape(words(layers))}" viewBox="0 0 {width:g} {height:g}"'
        f' style="display:block;width:100%;min-width:{0.88 * width:.0f}px;'
        f'max-width:{1.3 * width:.0f}px;font-size:12px;margin:0 auto" fill="currentColor"'
        f' text-anchor="middle">{"".join(parts)}</svg></div>'
    )


def words(layers: Sequence[Layer]) -> str:
    """The alternative text of the drawing."""
    to, of = N_("{layer} to {shape}"), N_("{layer} of {shape}")
    told = [
        _(
            to if layer.parameters else of,
            layer=layer.kind.lower(), shape=shape_text(layer.shape),
        )
        for layer in layers
    ]  # fmt: skip
    return _("The network: {layers}.", layers=", ".join(told))


def shape_text(shape: Sequence[int]) -> str:
    """The shape of a layer's output; a single channel is left out."""
    shape = shape[1:] if len(shape) == 3 and shape[0] == 1 else shape
    return TIMES.join(map(str, shape))


def short_count(count: int) -> str:
    """A count with three significant digits: 950, 20.1k, 1.23M."""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if count >= unit:
            return numerals.as_written(f"{count / unit:#.3g}".rstrip(".")) + name
    return str(count)


def _labels(layer: Layer) -> tuple[str, ...]:
    branch = layer.name.partition(".")[0]
    shape = shape_text(layer.shape)
    if layer.operation == "image" or layer.part == "code":
        return (layer.kind, shape)
    kind = layer.kind.replace(" x ", TIMES)
    if branch not in ("encoder", "decoder"):
        kind = _(BRANCHES.get(branch, branch.replace("_", " ").capitalize()))
    return (kind, shape, short_count(layer.parameters), *(f"+ {name}" for name in layer.then))


def _lanes(layers: Sequence[Layer]) -> dict[str, int]:
    """For each branch of the network the lane that it is drawn in: the longest in the first."""
    steps: dict[str, set[int]] = {}
    for layer in layers:
        steps.setdefault(_branch(layer), set()).add(layer.step)
    taken: list[set[int]] = []
    lanes = {}
    for branch in sorted(steps, key=lambda branch: -len(steps[branch])):
        lane = next((i for i, each in enumerate(taken) if not each & steps[branch]), len(taken))
        taken += [set()] * (lane == len(taken))
        taken[lane] = taken[lane] | steps[branch]
        lanes[branch] = lane
    return lanes


def _branch(layer: Layer) -> str:
    return f"{layer.part}/{layer.name.partition('.')[0]}"


def _placed(layers: Sequence[Layer]) -> tuple[list[Box], float, float]:
    """Every layer at its place, and the size of the whole drawing."""
    widest: dict[int, float] = {}
    for layer in layers:
        wide = max(map(_width, _labels(layer))) + GAP
        widest[layer.step] = max(widest.get(layer.step, 0.0), wide)
    column, left = {}, max(_width(_(name)) for name in ROWS) + GAP
    for step in sorted(widest):
        column[step] = left
        left += widest[step]
    most = max(math.prod(layer.shape) for layer in layers)
    lanes = _lanes(layers)
    boxes: list[Box] = []
    top = 4.0
    for lane in range(max(lanes.values()) + 1):
        here = [layer for layer in layers if lanes[_branch(layer)] == lane]
        heights = [_height(layer, most) for layer in here]
        below = top + max(heights)
        for layer, height in zip(here, heights, strict=True):
            start = column[layer.step]
            x, y = start + widest[layer.step] / 2, (top + below) / 2
            boxes.append(Box(layer, x, y, height, lane, start, below + LINE + 2))
        top = below + LINE * max(len(_labels(layer)) for layer in here) + 18
    return boxes, left, top


def _width(label: str) -> float:
    """In pixels; a letter of Chinese is as wide as two."""
    return LETTER * sum(2 if east_asian_width(letter) in "FW" else 1 for letter in label)


def _height(layer: Layer, most: int) -> float:
    """By the square root of the size: otherwise 2 beside 784 could not be seen."""
    return max(SHORTEST, TALLEST * math.sqrt(math.prod(layer.shape) / most))


def _neighbours(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    """The pairs of one lane that follow each other."""
    at = {(box.lane, box.layer.step): box for box in boxes}
    return [
        (box, at[box.lane, box.layer.step + 1])
        for box in boxes
        if (box.lane, box.layer.step + 1) in at
    ]


def _side_lines(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    """Where a side lane leaves the first one, and where it comes back: at the code."""
    at = {(box.lane, box.layer.step): box for box in boxes}
    code = next(box for box in boxes if box.layer.part == "code")
    found = []
    for box in boxes:
        if box.lane and (box.lane, box.layer.step - 1) not in at:
            found.append((at[0, box.layer.step - 1], box))
        if box.lane and (box.lane, box.layer.step + 1) not in at:
            found.append((box, code))
    return found


def _band(before: Box, after: Box) -> str:
    left, right = before.x + WIDTH / 2, after.x - WIDTH / 2
    return (
        f'<path d="M{left:g} {before.y - before.height / 2:g} L{right:g}'
        f" {after.y - after.height / 2:g} V{after.y + after.height / 2:g} L{left:g}"
        f' {before.y + before.height / 2:g} Z" fill="{after.colour}" fill-opacity="0.16"/>'
    )


def _line(before: Box, after: Box) -> str:
    """From box to box through the gap before the second one's column, where no label stands."""
    left, right = before.x + WIDTH / 2, after.x - WIDTH / 2
    return (
        f'<path d="M{left:g} {before.y:g} H{after.column:g} V{after.y:g} H{right:g}" fill="none"'
        ' stroke="currentColor" stroke-opacity="0.45" stroke-width="1.5" stroke-dasharray="4 3"'
        ' stroke-linejoin="round"/>'
    )


def _row_names(y: float) -> str:
    return "".join(
        f'<text x="0" y="{y + LINE * i:g}" text-anchor="start" fill-opacity="0.6">'
        f"{escape(_(name))}</text>"
        for i, name in enumerate(ROWS, 1)
    )


def _drawn(box: Box) -> str:
    layer = box.layer
    does = layer.kind
    if layer.then:
        does = _("{layer}, then {others}", layer=layer.kind, others=", ".join(layer.then))
    if layer.operation not in ("image", "code"):
        does = f"{layer.name}, {does}"
    numbers = ngettext(
        "{layer}: {count:,} number out.", "{layer}: {count:,} numbers out.",
        math.prod(layer.shape), layer=does,
    )  # fmt: skip
    weights = ngettext("It has {count:,} weight.", "It has {count:,} weights.", layer.parameters)
    told = joined(numbers, weights if layer.parameters else "")
    labels = "".join(
        f'<text x="{box.x:g}" y="{box.label_y + LINE * i:g}"'
        + (' font-weight="600"' if i == 0 else ' fill-opacity="0.75"')
        + f">{escape(text)}</text>"
        for i, text in enumerate(_labels(layer))
    )
    return (
        f'<g class="ae-layer ae-{layer.part}"><title>{escape(told)}</title>'
        f'<rect x="{box.x - WIDTH / 2:g}" y="{box.y - box.height / 2:g}" width="{WIDTH}"'
        f' height="{box.height:g}" rx="2.5" fill="{box.colour}"/>{labels}</g>'
    )
