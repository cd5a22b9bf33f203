"""A row of pictures, each of which is a button for touch, mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from pages.ui.drawing.pictures import Picture, data_uri

_TAPPABLE = st.components.v2.component(
    "tappable",
    html="<div class='row' role='group'></div>",
    css="""
    .row { display: flex; flex-wrap: wrap; gap: 6px; }
    button { padding: 2px; border: 2px solid transparent; border-radius: 6px; background: none;
      cursor: pointer; line-height: 0; color: inherit; font: inherit; }
    button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none; }
    button[aria-pressed=true] { border-color: var(--ae-here); }
    img { width: 56px; height: 56px; image-rendering: pixelated; background: #000;
      border-radius: 2px; }
    span { display: block; max-width: 56px; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; font-size: 12px; line-height: 16px; }
    """,
    js="""
    export default function ({ data, parentElement, setTriggerValue }) {
      const row = parentElement.querySelector(".row");
      row.ariaLabel = data.label;
      row.replaceChildren(...data.pictures.map(([source, text, caption, pressed], index) => {
        const button = document.createElement("button");
        const image = document.createElement("img");
        image.src = source;
        image.alt = text;
        button.type = "button";
        button.ariaPressed = String(pressed);
        button.append(image);
        if (caption) {
          const words = document.createElement("span");
          words.textContent = caption;
          button.append(words);
        }
        button.onclick = () => setTriggerValue("tapped", index);
        return button;
      }));
    }
    """,
)


def row(
    images: Sequence[Picture] | Picture,
    alts: Sequence[str],
    *,
    key: str,
    label: str,
    then: Callable[[int], None],
    captions: Sequence[str] = (),
    pressed: Collection[int] = (),
) -> None:
    """Show pictures; `then` is called with the index of the one that was tapped.

    Args:
        images: what to show.
        alts: a text for each.
        key: a name of its own on the page.
        label: what the row is for, for a screen reader.
        then: called before the page, or the fragment around, is drawn again.
        captions: a few characters under each; what has no room is cut off.
        pressed: those that are chosen now.
    """
    pictures = [
        [data_uri(image), alts[index], captions[index] if captions else "", index in pressed]
        for index, image in enumerate(images)
    ]

    def tapped() -> None:
        number = st.session_state[key].tapped
        if isinstance(number, int) and 0 <= number < len(pictures):
            then(number)

    _TAPPABLE(key=key, data={"label": label, "pictures": pictures}, on_tapped_change=tapped)
