"""New pictures that somebody brings: from files, by the camera, by a brush; they are not kept.

Each is brought into the form of the model's images.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ae_core.accounts import personal_limits
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, own_picture
from ae_core.image_sets.own_picture import OF_DIGITS
from ae_core.images import formats
from ae_core.images.digit_form import Step
from ae_core.texts import N_, _, joined, ngettext
from ae_core.types import Pixels
from ae_core.uploads import intake
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import reading
from ae_core.uploads.separate.bundle import Bundle
from pages.ui.browser import brush, camera
from pages.ui.drawing import pictures
from pages.ui.shared import owner, widgets
from pages.ui.shared.waiting import Bar

NAMED = 20
"""Pictures that are not read, of which the reason is shown."""

MOST_TAKEN = 10
"""Pictures by the camera that are looked at together."""

WAYS = {"files": N_("Upload"), "camera": N_("Camera"), "brush": N_("Draw")}


@dataclass(frozen=True)
class NewPictures:
    """What was read, for a model: images, their names and their classes; the last one's steps.

    `asked` is what it was read from.
    """

    asked: tuple[object, ...]
    x: Pixels
    names: list[str]
    labels: list[str]
    refused: list[tuple[str, str]]
    steps: list[Step]


def expander() -> DeltaGenerator:
    """The place for them on a page that begins with test images."""
    return st.expander(_("Pictures of your own"), icon=":material/add_a_photo:")


def brought(card: Card, images: ImageSet, *, key: str, most: int) -> NewPictures | None:
    """The controls for new pictures, and the first of those that are there.

    Raises:
        UserError: there is no picture in the files, or a limit is reached.
    """
    way = st.segmented_control(
        _("Where from"), tuple(WAYS), format_func=lambda way: _(WAYS[way]), default="files",
        required=True, key=f"{key}:way", label_visibility="collapsed",
    )  # fmt: skip
    if way == "brush":
        found = _from_brush(card, key)
    else:
        found = (_from_camera if way == "camera" else _from_files)(card, images, key, most)
    if found:
        for name, reason in found.refused:
            st.caption(f":material/block: {widgets.as_text(name)}: {widgets.as_text(reason)}")
        way_there(found.steps)
    return found


def way_there(steps: Sequence[Step]) -> None:
    """The steps from a picture to what the model sees, where there are any."""
    if not steps:
        return
    st.markdown(_("**On the way there**"))
    for column, step in zip(st.columns(len(steps)), steps, strict=True):
        with column:
            pictures.big(step.image, step.title)
            st.caption(f"**{step.title}.** {step.explanation}")


def _from_files(card: Card, images: ImageSet, key: str, most: int) -> NewPictures | None:
    """The pictures in files of any kind that *Image sets* takes."""
    allowed = personal_limits.of(owner.me())
    given = st.file_uploader(
        _(
            "Pictures ({formats}), a zip of them, a NumPy file or a CSV table of pixels",
            formats=formats.named(),
        ),
        type=list(intake.ENDINGS), accept_multiple_files=most > 1,
        max_upload_size=allowed.upload_megabytes, key=f"{key}:files",
    )  # fmt: skip
    files = given if isinstance(given, list) else [given] if given else []
    if not files:
        st.info(
            _("Drop pictures here: they become what the set's pictures became, and are not kept."),
            icon=":material/add_photo_alternate:",
        )
        return None
    found = _read(card, images, key, tuple(file.file_id for file in files), _in(files), most)
    if len(found.x) == most > 1:
        st.caption(_("These are the first {count}.", count=most))
    return found


def _from_camera(card: Card, images: ImageSet, key: str, most: int) -> NewPictures | None:
    """The last pictures by the camera."""
    kept: list[bytes] = st.session_state.setdefault(f"{key}:taken", [])
    most = min(most, MOST_TAKEN)

    def keep(data: bytes) -> None:
        kept.append(data)
        del kept[:-most]

    camera.show(_("Take a picture"), key=f"{key}:camera", then=keep)
    if not kept:
        return None
    if most > 1:
        st.button(_("Start again"), icon=":material/restart_alt:", key=f"{key}:forget",
                  on_click=kept.clear)  # fmt: skip
    return _read(card, images, key, tuple(map(hash, kept)), _taken(kept), most)


def _from_brush(card: Card, key: str) -> NewPictures | None:
    """What is painted: the image itself, or a digit that is centred as those of the set are."""
    st.caption(_("Draw a picture like those that the model learned from."))
    drawn = brush.show(card, key=f"{key}:brush")
    if drawn is None:
        return None
    steps: list[Step] = []
    if card.image_set in OF_DIGITS:
        picture = Image.fromarray(drawn[0, 0].numpy())
        steps = own_picture.steps(picture, card.image_set, card.image_shape)
        drawn = own_picture.image_of(steps)
    return NewPictures((), drawn, [_("drawing")], [""], [], steps)


def _in(files: Sequence[UploadedFile]) -> Iterator[ReadResult]:
    """The pictures in an upload, one after the other, with a bar that says how far it is."""
    bar = Bar(_("Reading …"))
    count, bundle = 0, Bundle((file.name, file) for file in files)
    allowed = personal_limits.of(owner.me())
    try:
        with reading.opened(bundle, Choices(), allowed, owner.me(), tell=bar.tell_place) as found:
            for share in found.look():
                bar.tell(share, N_("Looking at the files: {share:.0%}"))
            for result in found.read():
                count += result.picture is not None
                read = ngettext("{count:,} picture", "{count:,} pictures", count)
                bar.tell(result.share, N_("Reading: {share:.0%}, {pictures}"), pictures=read)
                yield result
    finally:
        bar.bar.empty()


def _taken(pictures: Sequence[bytes]) -> Iterator[ReadResult]:
    for number, data in enumerate(pictures, 1):
        name = _("picture {number}", number=number)
        try:
            yield ReadResult(name, picture=reading.read_picture(data, name))
        except UserError as failure:
            yield ReadResult(name, reason=str(failure))


def _read(
    card: Card,
    images: ImageSet,
    key: str,
    sources: tuple[object, ...],
    results: Iterable[ReadResult],
    most: int,
) -> NewPictures:
    """The first pictures among the results, in the form of the model's; read once."""
    asked = (*sources, card.name, card.weights_sha256, images.sha256)
    before = st.session_state.get(f"{key}:read")
    if isinstance(before, NewPictures) and before.asked == asked:
        return before
    x: list[Pixels] = []
    names: list[str] = []
    labels: list[str] = []
    refused: list[tuple[str, str]] = []
    steps: list[Step] = []
    of_set = images if images.name == card.image_set else None
    for result in results:
        if result.reason:
            refused.append((result.name, result.reason))
        if result.picture is None:
            continue
        try:
            steps = own_picture.steps(result.picture, card.image_set, card.image_shape, of_set)
        except UserError as failure:
            refused.append((result.name, str(failure)))
            continue
        x.append(own_picture.image_of(steps))
        names.append(result.name)
        labels.append(result.label)
        if len(x) == most:
            break
    if not x:
        raise UserError(joined(refused[0][1] if refused else _("There are no pictures here.")))
    found = NewPictures(asked, torch.cat(x), names, labels, refused[:NAMED], steps)
    st.session_state[f"{key}:read"] = found
    return found
