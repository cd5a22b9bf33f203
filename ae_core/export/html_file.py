"""A model's live map as one HTML file, which needs neither a server nor the internet.

    html_file(checkpoints.load("mnist-vae-conv-2"))

Everything stands in the file: decoder, encoder and codes, ONNX Runtime, the script and the worker,
each as the base64 of its gzip. Its policy forbids it to ask for anything else.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ae_core import browser_texts, languages, latent, palette, wording
from ae_core.checkpoints import Checkpoint
from ae_core.errors import UserError
from ae_core.export import browser_models, onnx_files
from ae_core.models import FAMILIES
from ae_core.settings import APP
from ae_core.texts import N_, _, joined
from ae_core.types import Pixels

MOST_BYTES = 20_000_000

BUILT = APP / "frontend" / "build"

STYLE = Path(__file__).with_name("html_file.css")

OFFLINE = N_("This file needs no internet, and sends nothing anywhere.")

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:;"
    " style-src 'unsafe-inline'; img-src blob: data:"
)


def html_file(
    checkpoint: Checkpoint,
    *,
    images: Pixels | None = None,
    classifier: bytes | None = None,
    z: Sequence[float] = (),
    state: Mapping[str, Any] | None = None,
) -> bytes:
    """The map of a model as one file, in the present language.

    `images` are the test images behind the codes, which are left out where they do not fit;
    `classifier` the ONNX file of one that reads what the model draws. `z` is the code that is shown
    first, and `state` what is set on the map, as `frontend/src/map/map_state.ts` names it.

    Raises:
        UserError: the browser's part is not built, there are no codes to show, or the model is too
            large for such a file.
    """
    codes, labels = browser_models.codes_of(checkpoint)
    parts = {
        "worker": _built("fileworker.js"),
        "embedded:runtime": _built("runtime.wasm"),
        "embedded:decoder": _packed(onnx_files.onnx_bytes(checkpoint.model, "decoder")),
        "embedded:encoder": _packed(browser_models.encoder(checkpoint.model)),
        "embedded:codes": _packed(browser_models.packed_codes(codes, labels)),
    }
    if classifier is not None:
        parts["embedded:classifier"] = _packed(classifier)
    model = {
        **browser_models.facts(
            checkpoint, len(codes), browser_models.free_axes(checkpoint.model, codes),
            latent.usual_distance(codes),
        ),
        "title": checkpoint.card.title,
        "decoder": "embedded:decoder",
        "encoder": "embedded:encoder",
        "codes": "embedded:codes",
        "classifier": None if classifier is None else "embedded:classifier",
        "classes": browser_models.class_names(checkpoint.card, labels),
        "images": None,
        "factors": None,
    }  # fmt: skip
    about = {
        "model": model,
        "z": list(z) or codes[0].tolist(),
        "state": dict(state or {}),
        "language": languages.tag(),
        "catalogue": browser_texts.of_browser(languages.current()),
    }
    if images is not None and len(images) >= len(codes):
        address = f"embedded:images-{images[0].numel()}"
        pictures = {address: _packed(images[: len(codes)].numpy().tobytes())}
        with_images = {**about, "model": {**model, "images": address}}
        written = _written(checkpoint, with_images, {**parts, **pictures})
        if len(written) <= MOST_BYTES:
            return written
    written = _written(checkpoint, about, parts)
    if len(written) > MOST_BYTES:
        raise UserError(
            _(
                "{name} would be a file of {size}; at most {most} can be carried this way.",
                name=checkpoint.card.name, size=wording.file_size(len(written)),
                most=wording.file_size(MOST_BYTES),
            )
        )  # fmt: skip
    return written


def _built(name: str) -> bytes:
    """A part of the browser as it was built, compressed.

    Raises:
        UserError: it is not built.
    """
    try:
        names = json.loads((BUILT / "manifest.json").read_text("utf-8"))
        return (BUILT / f"{names[name]}.gz").read_bytes()
    except (OSError, ValueError, KeyError) as failure:
        raise UserError(
            _("The browser's part is not built, and the file is made of it: `make run` builds it.")
        ) from failure


def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _written(checkpoint: Checkpoint, about: dict[str, Any], parts: Mapping[str, bytes]) -> bytes:
    card = checkpoint.card
    style = f":root {{ --ae-here: {palette.HERE}; }}\n{STYLE.read_text('utf-8')}"
    script = gzip.decompress(_built("file.js")).decode().replace("</script", "<\\/script")
    facts = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")
    lead = joined(
        _("Drag on the map, or use the arrow keys: at each place stands the image it decodes to."),
        _(OFFLINE),
    )
    without = "" if about["model"]["images"] else _("The test images themselves are not in it.")
    end = joined(
        _("{family}, {steps:,} steps of training; mean squared error of a pixel {mse}.",
          family=_(FAMILIES[card.family].title), steps=card.steps,
          mse=wording.three_digits(card.metrics["mse"])),
        without,
    )  # fmt: skip
    pieces = [
        "<!doctype html>",
        f'<html lang="{escape(languages.tag())}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(card.title)}</title><style>{style}</style></head>",
        f"<body><main><h1>{escape(card.title)}</h1><p>{escape(lead)}</p>",
        '<div class="live" aria-busy="true"></div>',
        f"<footer>{escape(end)}</footer></main>",
        f'<script type="application/json" id="about">{facts}</script>',
        *(
            f'<script type="text/plain" data-part="{name}">{b64encode(data).decode()}</script>'
            for name, data in parts.items()
        ),
        f"<script>{script}</script></body></html>\n",
    ]
    return "\n".join(pieces).encode()
