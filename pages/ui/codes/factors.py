"""Which number of a code follows which factor of the images, for images that were drawn by code."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from ae_core import image_sets, palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import data
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, card_text, widgets
from pages.ui.state import current
from pages.ui.state.declared import Picked

FEW = 16
"""So many columns have room for their figures."""

CLEAR = 0.2
"""A number is a factor's own where it tells this share more of it than any other number does."""

MEASURES = {
    "mig": N_("MIG"),
    "disentanglement": N_("disentanglement"),
    "completeness": N_("completeness"),
    "informativeness": N_("informativeness"),
}


@st.fragment(key="factors")
def show(card: Card) -> None:
    """A field for each factor and number: the brighter, the more the number tells of the factor."""
    with widgets.shown_errors():
        images = widgets.images_for(card)
        if images.factors is None:
            _unknown(images)
            return

        def draw(answer: Answer) -> None:
            data.say_left_out(answer.values["left_out"])
            _heat_map(card, images, answer)
            _in_words(answer)
            _others(card, images)

        analysis_results.show(
            "factors", data.asked(card, images), draw, words=_("What each number follows")
        )


def _unknown(images: ImageSet) -> None:
    st.info(
        joined(
            _(
                "What the images of {images} were made of is not written down anywhere, so nobody"
                " can say what a number of the code ought to follow.",
                images=widgets.as_text(images.shown_title),
            ),
            _("Open a model of the set Shapes: those were drawn by code, and all is known."),
        ),
        icon=":material/help:",
    )
    known = [each for each in cached.available()[0] if each.image_set in image_sets.WITH_FACTORS]
    for each in known[:4]:
        st.button(
            _("Open {model}", model=widgets.as_text(card_text.short_title(each))),
            key=f"open-{each.name}", on_click=_open, args=(each.name,),
        )  # fmt: skip


def _open(name: str) -> None:
    current.change(Picked, model=name)


def _heat_map(card: Card, images: ImageSet, answer: Answer) -> None:
    assert images.factors is not None
    information = answer.tensors["information"]
    names = [_(each.name) for each in images.factors.each]
    columns = [f"z[{index}]" for index in range(information.shape[1])]
    finding = _finding(names, answer)
    figure = go.Figure(
        go.Heatmap(
            z=information.tolist(), x=columns, y=names, colorscale=palette.SEQUENTIAL,
            zmin=0, zmax=1, xgap=1, ygap=1, colorbar={"thickness": 10, "tickformat": ".0%"},
            texttemplate="%{z:.0%}" if len(columns) <= FEW else "",
            hovertemplate=_("{number} tells {share} of {factor}", number="%{x}", share="%{z:.1%}",
                            factor="%{y}") + "<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(type="category", title_text=_("number of the code"))
    figure.update_yaxes(autorange="reversed", automargin=True)
    figures.show(
        figure, finding,
        {_("factor"): names,
         **{name: information[:, i].tolist() for i, name in enumerate(columns)}},
        key=f"factors-{card.name}", height=360,
        alt=joined(_("Heat map of how much each number tells of each factor."), finding),
    )  # fmt: skip
    st.caption(
        ngettext(
            "Each field says how much of a factor a number tells: their mutual information as a"
            " share of the factor's entropy, over {count:,} test image. A few percent are chance.",
            "Each field says how much of a factor a number tells: their mutual information as a"
            " share of the factor's entropy, over {count:,} test images. A few percent are chance.",
            answer.values["images"],
        )
    )


def _finding(names: Sequence[str], answer: Answer) -> str:
    """What the picture shows, in one sentence."""
    information = answer.tensors["information"]
    ordered = information.sort(dim=1, descending=True).values
    ahead = ordered[:, 0] - (ordered[:, 1] if ordered.shape[1] > 1 else 0)
    row = int(ahead.argmax())
    found = {
        "factor": names[row], "number": f"z[{int(information[row].argmax())}]",
        "share": float(ordered[row, 0]), "all": len(names),
    }  # fmt: skip
    own = int((ahead >= CLEAR).sum())
    if not own:
        return _(
            "No factor has a number of its own: even {number}, the clearest, tells only {share:.0%}"
            " of {factor}, and others tell nearly as much",
            **found,
        )
    return ngettext(
        "{count} of {all} factors has a number of its own: {number} tells {share:.0%} of {factor}",
        "{count} of {all} factors have a number of their own: {number} tells {share:.0%} of"
        " {factor}",
        own, **found,
    )  # fmt: skip


def _in_words(answer: Answer) -> None:
    """The four figures with what they mean, and what to try next."""
    measured = answer.values
    st.markdown(
        _(
            "**MIG {mig:.2f}**: so much more the best number tells of a factor than the next best."
            " **Disentanglement {disentanglement:.2f}**: 1 where each number is for one factor."
            " **Completeness {completeness:.2f}**: 1 where each factor is in one number."
            " **Informativeness {informativeness:.2f}**: how well all numbers together tell the"
            " factors; 1 is without error.",
            **{name: measured[name] for name in MEASURES},
        )
    )
    information = answer.tensors["information"]
    number = f"z[{int(information.max(0).values.argmax())}]"
    st.caption(
        joined(
            _(
                "To try next: on the part *one number at a time*, look for the row of {number}."
                " Then choose another model of these images in the sidebar, such as one with a"
                " higher beta: are its rows darker but for one field?",
                number=number,
            ),
            _("MIG: Chen et al. 2018; the other three: Eastwood and Williams 2018."),
        )
    )


def _others(card: Card, images: ImageSet) -> None:
    """The same figures of all models of these images for which somebody has asked."""
    rows = {}
    for each in cached.available()[0]:
        if (each.image_set, each.image_shape) == (card.image_set, card.image_shape):
            answer = analysis_results.kept("factors", data.asked(each, images))
            if answer:
                rows[card_text.short_title(each)] = answer.values
    if len(rows) > 1:
        st.markdown(_("**Measured so far**"))
        st.dataframe(
            {_("model"): list(rows),
             **{_(title): [round(values[name], 2) for values in rows.values()]
                for name, title in MEASURES.items()}},
            hide_index=True,
        )  # fmt: skip
