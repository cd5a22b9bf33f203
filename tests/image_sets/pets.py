"""Pictures that differ, and sets of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from ae_core.accounts.person import Person
from ae_core.image_sets import saving
from ae_core.image_sets.stored import SetCard
from ae_core.images.form import Form
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.people import ME

COLOUR = Form(size=28, colour=True)


def picture(seed: int, side: int = 32) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


def collection_of(count: int, label: Callable[[int], str] = lambda n: "") -> PictureCollection:
    collection = PictureCollection()
    for number in range(count):
        collection.add(ReadResult(f"{number}.png", label(number), picture(number)))
    return collection


def saved(
    collection: PictureCollection, form: Form = COLOUR, person: Person = ME, **options: Any
) -> SetCard:
    settings = {"title": "My *pets*", **options}
    return saving.save(person, collection, collection.survey(), form, **settings)
