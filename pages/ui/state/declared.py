"""What can be set on each page and would be wanted again: every value, its bounds and its default.

A value's name in an address is that of its field, or the `name` that it is given. A default of
nothing (an empty text or list) stands for what the page chooses by itself, such as the code of a
real image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pages.ui.state.values import (
    MOST_DRAWN,
    MOST_GROUPS,
    MOST_IN_CODE,
    MOST_IN_GROUP,
    MOST_NUMBER,
    State,
    draw,
    group,
    number,
    value,
)


@dataclass(frozen=True)
class Picked(State):
    """The model in the sidebar."""

    model: str = value("", "model")


@dataclass(frozen=True)
class LessonStep(State):
    """The lesson beside the page, and its step."""

    lesson: str = value("", "lesson")
    step: int = value(1, "step of the lesson", low=1, high=6)


@dataclass(frozen=True)
class Images(State):
    """Which test images are looked at."""

    which: Literal["one-of-each", "random", "class", "worst", "best", "number"] = value(
        "one-of-each", "way to choose images"
    )
    draw: int = draw("draw of images")
    label: str = value("", "class of the images", name="class")
    number: int = number("number of the first image")


@dataclass(frozen=True)
class Canvas(State):
    """The images that a convolutional model draws at once."""

    draw: int = draw("draw of the square", name="canvas")


@dataclass(frozen=True)
class Code(State):
    """The code that is moved."""

    z: tuple[float, ...] = value((), "code", low=-MOST_IN_CODE, high=MOST_IN_CODE)


@dataclass(frozen=True)
class Beside(State):
    """Models that draw what the chosen one draws."""

    models: tuple[str, ...] = value((), "models beside it", name="beside")


@dataclass(frozen=True)
class Map(State):
    """What every map of codes shows."""

    view: Literal["codes", "decoded", "both", "regions", "density"] = value("codes", "map")
    grid: int = value(20, "images side by side on the map", low=10, high=30)


@dataclass(frozen=True)
class Colours(State):
    """What the colours of a map say: the classes, or a factor that is known of each image."""

    colour: str = value("", "factor in whose colours the map is")


@dataclass(frozen=True)
class Place(State):
    """Which part of a model's map is shown, from where, and a walk on it."""

    zoom: float = value(1.0, "zoom of the map", low=0.01, high=1000.0)
    middle: tuple[float, ...] = value((), "middle of the map", low=-1000.0, high=1000.0)
    axes: tuple[int, ...] = value((), "axes of the map", low=0, high=10_000)
    turned: tuple[float, ...] = value((), "direction of view", low=-1.0, high=1.0)
    hidden: tuple[int, ...] = value((), "hidden classes", low=0, high=10_000, most=10_000)
    walk: tuple[float, ...] = value((), "walk", low=-MOST_IN_CODE, high=MOST_IN_CODE)
    curve: tuple[float, ...] = value((), "walk drawn by hand", low=-1000.0, high=1000.0)


@dataclass(frozen=True)
class Chosen(State):
    """What is chosen on the map, and groups of images with a name: see `ae_core.latent.groups`."""

    chosen: tuple[float, ...] = value((), "chosen images", low=-MOST_IN_CODE, high=MOST_IN_CODE)
    plane: tuple[float, ...] = value((), "plane of the choice", low=-1.0, high=MOST_IN_CODE)
    groups: tuple[str, ...] = value((), "groups of images", most=MOST_GROUPS)


@dataclass(frozen=True)
class Walk(State):
    """A walk between two images. The live map has its ends itself, and the server draws two."""

    start: str = value("", "class where the walk begins", name="from")
    end: str = value("", "class where the walk ends", name="to")
    way: Literal["straight-line", "arc", "along-the-data"] = value("straight-line", "kind of walk")
    pair: int = draw("pair of images")


@dataclass(frozen=True)
class Cloud(State):
    """The image of which a variational model's posterior is drawn."""

    image: int = number("image of the cloud", name="cloud")
    draws: int = draw("draw from the cloud", name="clouds")


@dataclass(frozen=True)
class Drawing(State):
    """What is on the drawing pad: see `ae_core.images.strokes`, which checks it."""

    strokes: tuple[int, ...] = value(
        (), "drawing", name="drawing", low=-MOST_DRAWN, high=MOST_DRAWN, most=MOST_DRAWN
    )


@dataclass(frozen=True)
class Reconstruct(State):
    source: Literal["test-images", "draw", "upload", "camera"] = value(
        "test-images", "source of the images"
    )


@dataclass(frozen=True)
class Denoise(State):
    part: Literal["bench", "curve", "matrix", "again-and-again"] = value("bench", "part")


@dataclass(frozen=True)
class Noise(State):
    """What images are spoiled with. Without a strength, each kind has its usual one."""

    kind: Literal[
        "gaussian", "salt_and_pepper", "masking", "blur", "low_resolution", "contrast"
    ] = value("gaussian", "noise", name="noise")
    strength: float | None = value(None, "strength of the noise", name="noise-strength")
    mean: float = value(0.0, "mean of the noise", name="noise-mean", low=0.0, high=1.0)
    draw: int = draw("draw of the noise", name="noise-draw")
    brush: tuple[int, ...] = value(
        (), "what the brush has covered", low=0, high=MOST_NUMBER, most=MOST_IN_GROUP
    )


@dataclass(frozen=True)
class Rounds(State):
    """An image that is restored again and again."""

    restorer: Literal[
        "", "trained_on_noise", "not_trained_on_noise",
        "median", "non_local_means", "total_variation",
    ] = value("", "restorer")  # fmt: skip
    image: int | None = value(None, "image", low=0, high=MOST_NUMBER)
    round: int = value(10, "round", low=0, high=50)


@dataclass(frozen=True)
class Compare(State):
    part: Literal[
        "bottleneck", "side-by-side", "loss", "out-of-distribution", "two-maps"
    ] = value("bottleneck", "part")  # fmt: skip
    models: tuple[str, ...] | None = value(None, "models to compare", name="compare")
    differences: bool = value(True, "differences")
    ten: Literal["worst", "best", "disagree-most"] = value("worst", "ten images")
    size: int = value(0, "size of the code", low=0, high=MOST_NUMBER)
    image: int = number("image")


@dataclass(frozen=True)
class Ladder(State):
    """Which models of every size of the code are trained as one."""

    preset: str = value("ae-16", "network of the ladder", name="ladder")
    sizes: tuple[int, ...] = value((), "sizes of the ladder", low=1, high=256)
    seeds: int = value(1, "seeds of each size", low=1, high=9)
    steps: int = value(
        300, "steps of each model of the ladder", name="ladder-steps", low=1, high=10_000
    )
    along: Literal["sizes-alone", "strengths-of-noise", "betas"] = value(
        "sizes-alone", "what else differs in the ladder"
    )


@dataclass(frozen=True)
class Codes(State):
    part: Literal[
        "one-number-at-a-time", "used-and-dead", "arithmetic", "neighbours", "features", "factors",
        "maps", "anomalies",
    ] = value("one-number-at-a-time", "part")  # fmt: skip
    image: int | None = value(None, "test image", name="digit", low=0, high=MOST_NUMBER)
    around: Literal["a-digit", "the-mean-code"] = value("a-digit", "middle of the traversals")
    every: bool = value(False, "all numbers")
    compute: Literal["a-b-c", "a-direction"] = value("a-b-c", "sum or direction")
    a: tuple[int, ...] = group("images in a")
    b: tuple[int, ...] = group("images in b")
    c: tuple[int, ...] = group("images in c")
    group_a: str = value("", "group in a", name="group-a")
    group_b: str = value("", "group in b", name="group-b")
    group_c: str = value("", "group in c", name="group-c")
    lasso: bool = value(False, "lasso")
    direction: Literal[
        "thin-to-bold", "upright-to-slanted", "narrow-to-wide", "short-to-tall", "class-to-class"
    ] = value("thin-to-bold", "direction")  # fmt: skip
    source: str = value("", "class where the direction begins", name="from-class")
    target: str = value("", "class where the direction ends", name="to-class")
    strength: float = value(1.0, "strength of the direction", low=-3.0, high=3.0)
    way: Literal["pca", "umap", "t-sne"] = value("pca", "kind of map", name="way-of-map")
    reader: Literal["five-neighbours", "a-linear-classifier"] = value("five-neighbours", "reader")
    mistakes: str = value("", "classifier whose mistakes are shown", name="mistakes-of")
    mistake: str = value("", "classes of the mistake that is shown")


@dataclass(frozen=True)
class Anomalies(State):
    """Which images are looked at, and from where on they count as unusual."""

    looked_at: Literal["test-images", "training-images", "another-set", "new-pictures"] = value(
        "test-images", "images looked at", name="look-at"
    )
    other: str = value("", "image set looked at", name="other-set")
    score: Literal["error", "distance"] = value("error", "score of an image")
    threshold: float = value(
        0.95, "share of the test images below the threshold", low=0.5, high=0.999
    )


@dataclass(frozen=True)
class ImageSets(State):
    """The image set that was made last, or that somebody has shared."""

    image_set: str = value("", "image set", name="set")


@dataclass(frozen=True)
class Train(State):
    """The whole form, and what is trained to be looked at."""

    part: Literal["your-run", "overfitting", "break-it"] = value("your-run", "part")
    where: Literal["", "here", "server"] = value("", "where it is trained")
    what: Literal["autoencoder", "classifier"] = value("autoencoder", "what to train")
    preset: str = value("ae-16", "network")
    image_set: str = value("", "image set", name="set")
    unit: Literal["seconds", "epochs"] = value("seconds", "measure of the length")
    seconds: int = value(10, "seconds", low=2, high=10**6)
    noise: Literal[
        "", "gaussian", "salt_and_pepper", "masking", "blur", "low_resolution", "contrast"
    ] = value("", "noise", name="train-noise")  # fmt: skip
    strength: float | None = value(None, "strength of the noise", name="train-strength")
    mean: float = value(0.0, "mean of the noise", name="train-mean", low=0.0, high=1.0)
    classes: tuple[str, ...] = value((), "classes")
    seed: int = value(0, "seed", low=0, high=2**32 - 1)
    encoder: str = value("", "encoder")
    labels: int = value(0, "labelled images", low=0, high=10**9)
    head_options: Mapping[str, Any] = value({}, "options of the classifier", name="head")
    remedies: tuple[
        Literal[
            "l1-on-the-code", "noise-on-the-input", "a-smaller-code", "a-variational-code",
            "more-images",
        ], ...
    ] = value((), "remedies")  # fmt: skip
    few: int = value(500, "images to learn from", low=1, high=MOST_NUMBER)
    fault: Literal[
        "posterior-collapse", "dead-relus", "rate-too-high", "another-scale", "one-class-only"
    ] = value("posterior-collapse", "fault")  # fmt: skip


@dataclass(frozen=True)
class Network(State):
    """What of the form belongs to the network that is chosen."""

    start: str = value("", "checkpoint to start from", name="start-from")
    recipe: str = value("", "recipe")
    epochs: int | None = value(None, "epochs", low=1, high=10**6)
    network_options: Mapping[str, Any] = value({}, "options of the network", name="network")
    recipe_options: Mapping[str, Any] = value({}, "options of the recipe", name="steps")


@dataclass(frozen=True)
class Watched(State):
    """A run of somebody else's, who has shared its link."""

    run: str = value("", "run that is watched")


@dataclass(frozen=True)
class Models(State):
    classifier: str = value("", "classifier")


@dataclass(frozen=True)
class Joining(State):
    """The class that somebody joins, by the short address on the projector."""

    code: str = value("", "code of the class")


PAGES: dict[str, tuple[type[State], ...]] = {
    "home": (Picked, Code, Drawing),
    "reconstruct": (Picked, Beside, Reconstruct, Drawing, Images, Canvas),
    "latent_space": (Picked, Code, Beside, Map, Colours, Place, Chosen, Walk, Cloud, Drawing),
    "denoise": (Picked, Denoise, Images, Noise, Rounds),
    "compare": (Picked, Compare, Ladder, Drawing, Images),
    "codes": (Picked, Codes, Colours, Images, Anomalies, Chosen),
    "image_sets": (ImageSets,),
    "train": (Picked, Train, Network, Watched),
    "models": (Picked, Models),
    "glossary": (),
    "classroom": (),
    "lessons": (),
    "join": (Joining,),
}
PAGES = {page: (*groups, LessonStep) for page, groups in PAGES.items()}
"""What can be set on each page. What several pages have is the same on all of them."""

WITH_SIDEBAR = ("home", "reconstruct", "latent_space", "denoise", "compare", "codes", "models")
"""The pages in whose sidebar a model is chosen."""

BELONGS: dict[tuple[type[State], str], tuple[type[State], ...]] = {
    (Picked, "model"): (Code, Place, Chosen),
    (Train, "preset"): (Network,),
}
"""What means something else once another value is chosen: each has its own, as it was left."""
