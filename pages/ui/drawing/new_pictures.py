"""New pictures, dropped on a page: brought into the form of the model's images, and not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import streamlit as st
import torch

from ae_core.accounts import personal_limits
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, own_picture
from ae_core.images import formats
from ae_core.texts import N_, _, joined, ngettext
from ae_core.types import Pixels
from ae_core.uploads import intake
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import reading
from ae_core.uploads.separate.bundle import Bundle
from pages.ui.shared import owner, widgets
from pages.ui.shared.waiting import Bar

NAMED = 20
"""Files that are not read, of which the reason is shown."""


@dataclass(frozen=True)
class NewPictures:
    """What was read from some files, for a model: images, their names and their classes."""

    asked: tuple[object, ...]
    x: Pixels
    names: list[str]
    labels: list[str]
    refused: list[tuple[str, str]]


def dropped(card: Card, images: ImageSet, *, key: str, most: int) -> NewPictures | None:
    """The control for files of any kind that *Image sets* takes, and the first pictures in them.

    Raises:
        UserError: there is no picture in them, or a limit is reached.
    """
    allowed = personal_limits.of(owner.me())
    files = st.file_uploader(
        _(
            "Pictures ({formats}), a zip of them, a NumPy file or a CSV table of pixels",
            formats=formats.named(),
        ),
        type=list(intake.ENDINGS), accept_multiple_files=True,
        max_upload_size=allowed.upload_megabytes, key=f"{key}:files",
    )  # fmt: skip
    if not files:
        st.info(
            _("Drop pictures here: they become what the set's pictures became, and are not kept."),
            icon=":material/add_photo_alternate:",
        )
        return None
    asked = (*(file.file_id for file in files), card.name, card.weights_sha256, images.sha256)
    found = st.session_state.get(f"{key}:read")
    if not isinstance(found, NewPictures) or found.asked != asked:
        found = _read(card, images, files, asked, most)
        st.session_state[f"{key}:read"] = found
    for name, reason in found.refused:
        st.caption(f":material/block: {widgets.as_text(name)}: {widgets.as_text(reason)}")
    if len(found.x) == most:
        st.caption(_("These are the first {count}.", count=most))
    return found


def _read(
    card: Card, images: ImageSet, files: Sequence[Any], asked: tuple[object, ...], most: int
) -> NewPictures:
    bar = Bar(_("Reading …"))
    x: list[Pixels] = []
    names: list[str] = []
    labels: list[str] = []
    refused: list[tuple[str, str]] = []
    files_read = Bundle((file.name, file) for file in files)
    allowed = personal_limits.of(owner.me())
    with reading.opened(
        files_read, Choices(), allowed, owner.my_id(), tell=bar.tell_place
    ) as found:
        for share in found.look():
            bar.tell(share, N_("Looking at the files: {share:.0%}"))
        for result in found.read():
            if result.reason:
                refused.append((result.name, result.reason))
            if result.picture is None:
                continue
            try:
                steps = own_picture.steps(
                    result.picture, card.image_set, card.image_shape,
                    images if images.name == card.image_set else None,
                )  # fmt: skip
            except UserError as failure:
                refused.append((result.name, str(failure)))
                continue
            x.append(own_picture.image_of(steps))
            names.append(result.name)
            labels.append(result.label)
            pictures = ngettext("{count:,} picture", "{count:,} pictures", len(x))
            bar.tell(result.share, N_("Reading: {share:.0%}, {pictures}"), pictures=pictures)
            if len(x) == most:
                break
    bar.bar.empty()
    if not x:
        raise UserError(joined(refused[0][1] if refused else _("There are no pictures here.")))
    return NewPictures(asked, torch.cat(x), names, labels, list(islice(refused, NAMED)))
