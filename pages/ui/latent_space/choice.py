"""What can be done with the images chosen on the map: name, keep, download, compute with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from torch import Tensor

from ae_core import languages
from ae_core.checkpoints.cards import Card
from ae_core.export import image_groups
from ae_core.latent import groups
from ae_core.latent.groups import Group
from ae_core.texts import _, ngettext
from pages.ui.drawing import figures
from pages.ui.live_map import chosen_groups
from pages.ui.shared import cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Codes, Place
from pages.ui.state.values import MOST_GROUPS

NAME = "group-name"


def show(card: Card) -> None:
    """The choice with its downloads, and the groups that were kept."""
    codes, labels = cached.codes(card)
    kept = chosen_groups.kept(card)
    group = chosen_groups.chosen(card)
    if group and len(rows := chosen_groups.rows_of(card, group, codes, labels)):
        _choice(card, group, rows, kept)
    for each in kept.values():
        count = len(chosen_groups.rows_of(card, each, codes, labels))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                ngettext(
                    "**{name}**: {count:,} image", "**{name}**: {count:,} images", count,
                    name=widgets.as_text(each.name),
                ),
                width="content",
            )  # fmt: skip
            st.button(
                _("Show"), key=f"show-group-{each.name}", on_click=_show, args=(each,),
                help=_("Choose its images on the map"),
            )  # fmt: skip
            st.button(
                _("Forget"), key=f"forget-group-{each.name}", on_click=_forget, args=(each,),
                help=_("Take the group off this list"),
            )  # fmt: skip
    if kept and st.button(
        _("Compute with groups"), icon=":material/calculate:",
        help=_("On *Codes* they go into sums and directions"),
    ):  # fmt: skip
        current.change(Codes, part="arithmetic")
        st.switch_page("../codes.py")


def _choice(card: Card, group: Group, rows: Tensor, kept: dict[str, Group]) -> None:
    names = cached.class_names(card)
    numbers: list[int] = rows.tolist()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Name of the group"), key=NAME, max_chars=groups.LONGEST_NAME,
            placeholder=_free_name(kept), width=220,
        )  # fmt: skip
        st.button(
            _("Keep"), icon=":material/bookmark_add:", on_click=_keep, args=(group, kept, names),
            help=_("Keep the chosen images as a group with this name"),
        )  # fmt: skip
        table = languages.kept_for(partial(_table, card, rows, names))
        st.download_button(
            _("CSV"), table, file_name=f"{card.name}-chosen.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore", key="chosen-csv",
            help=_("Numbers, classes and codes of the chosen images"),
        )  # fmt: skip
        if (images := cached.images_of_codes(card)) is not None:
            st.download_button(
                _("Images"), lambda: image_groups.images_zip(images.test, numbers, table()),
                file_name=f"{card.name}-chosen.zip", mime="application/zip",
                icon=":material/download:", on_click="ignore", key="chosen-images",
                help=_("The chosen images as PNG, in a zip"),
            )  # fmt: skip


def _table(card: Card, rows: Tensor, names: Sequence[str]) -> str:
    codes, labels = cached.codes(card)
    z = codes[rows]
    return figures.csv_of(
        {
            _("test image"): rows.tolist(),
            _("class"): [names[label] for label in labels[rows].tolist()],
            **{f"z[{i}]": z[:, i].tolist() for i in range(z.shape[1])},
        }
    )


def _free_name(kept: dict[str, Group]) -> str:
    number = next(n for n in range(1, len(kept) + 2) if _("group {number}", number=n) not in kept)
    return _("group {number}", number=number)


def _keep(group: Group, kept: dict[str, Group], classes: Sequence[str]) -> None:
    name = groups.named(st.session_state[NAME]) or _free_name(kept)
    if name in classes:
        st.toast(
            _("There is a class {name}. Give the group another name.", name=widgets.as_text(name))
        )
        return
    if len({**kept, name: group}) > MOST_GROUPS:
        st.toast(_("There are {count} groups already. Forget one first.", count=MOST_GROUPS))
        return
    _write({**kept, name: Group(name, group.shape, group.plane, group.hidden)})
    st.session_state[NAME] = ""


def _show(group: Group) -> None:
    current.change(Chosen, chosen=group.shape, plane=group.plane)
    current.change(Place, hidden=group.hidden)


def _forget(group: Group) -> None:
    others = [text for text in current.of(Chosen).groups if text != str(group)]
    current.change(Chosen, groups=tuple(others))


def _write(kept: dict[str, Group]) -> None:
    current.change(Chosen, groups=tuple(map(str, kept.values())))
