"""A flat map of a model's codes, and its trustworthiness."""

from __future__ import annotations

import time

from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.latent import flat_maps
from ae_core.latent.coded_images import coded, images_of
from ae_core.texts import _, ngettext

VERSION = 1


def compute(asked: Asked, told: Told) -> Answer:
    """`places` (n, 2) of the test images named in `rows`; `trust`, `left_out` and `seconds`."""
    began = time.perf_counter()
    told(0.02, _("encoding the images"))
    found = coded(model_of(asked["model"]), images_of(asked["images"]))
    way = str(asked["way"])
    if way == "umap":
        told(0.04, _("starting UMAP, which takes longest the first time"))
    said = ngettext("laying out {count:,} code", "laying out {count:,} codes", len(found.z))
    places = flat_maps.flat(found.z, way, lambda share: told(0.05 + 0.9 * share, said))
    told(0.96, _("judging the map"))
    trust = flat_maps.trustworthiness(found.z, places)
    values = {
        "trust": trust, "left_out": found.left_out, "seconds": time.perf_counter() - began,
    }  # fmt: skip
    return Answer({"places": places, "rows": found.rows}, values)
