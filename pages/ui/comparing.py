"""Two to four checkpoints side by side, on the same ten images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from ae_core import latent, metrics
from ae_core.cards import Card
from pages.ui import cached, choosing, facts, links, pictures, views, widgets
from pages.ui.pictures import Row

MOST = 4
ONE, SIDE_BY_SIDE = "one model", "side by side"
VIEWS = (ONE, SIDE_BY_SIDE)

STYLE = """
.ae-compare { overflow-x: auto; }
.ae-compare table { border-collapse: collapse; font-size: .875rem; width: 100%;
  font-variant-numeric: tabular-nums; }
.ae-compare th, .ae-compare td { padding: .3rem .6rem; text-align: right; font-weight: 400;
  border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
.ae-compare th { text-align: left; }
.ae-compare thead th { text-align: right; font-weight: 600; min-width: 5.5rem; }
.ae-compare small { display: block; opacity: .7; }
.ae-compare td.ae-best { font-weight: 700; }
.ae-compare td.ae-best::before { content: "★ "; color: #d98600; }
"""


def adopt_from_address(cards: Sequence[Card]) -> None:
    """Take over the models that the address names, and show them side by side."""
    names = {card.name for card in cards}
    st.session_state["compare"] = [
        name for name in st.session_state.get("compare", []) if name in names
    ]
    if (found := links.names("compare", names)) is None:
        return
    st.session_state["compare"] = found[:MOST]
    st.session_state["show"] = SIDE_BY_SIDE


def open_with(names: Sequence[str]) -> None:
    """Go to the page where these models stand side by side."""
    st.session_state["compare"], st.session_state["show"] = list(names), SIDE_BY_SIDE
    st.switch_page("pages/models.py")


def view() -> str:
    """The control for what the page shows; the address says so by what is side by side."""
    st.session_state.setdefault("show", ONE)
    show = st.segmented_control(
        "Show", VIEWS, key="show", required=True, label_visibility="collapsed"
    )
    return show or ONE


def is_full(card: Card) -> bool:
    """Whether there is no place left for this one."""
    compared = st.session_state["compare"]
    return card.name not in compared and len(compared) >= MOST


def add(card: Card) -> None:
    """Put one more side by side; for a button's callback."""
    if card.name not in st.session_state["compare"]:
        st.session_state["compare"] = [*st.session_state["compare"], card.name][:MOST]
    st.session_state["show"] = SIDE_BY_SIDE


def side_by_side(cards: Sequence[Card]) -> None:
    """The models to choose, the same images through each of them, and their figures."""
    st.html(f"<style>{STYLE}</style>")
    compared = _chosen(cards)
    if not compared:
        st.info("Choose two to four models here, or press Compare on a model's card.")
        return
    fitting = [card for card in compared if card.image_shape == compared[0].image_shape]
    for card in compared:
        if card not in fitting:
            st.warning(
                f"{widgets.as_text(facts.short_title(card))} takes images of another size than"
                " the first one. It is left out."
            )
    _pictures(fitting)
    st.html(table(fitting))
    if len({card.image_set for card in fitting}) > 1:
        st.caption("Each was measured on the test images of its own set: not quite the same task.")


def _chosen(cards: Sequence[Card]) -> list[Card]:
    """The control for which models are side by side, and these; they are in the address."""
    by_name = {card.name: card for card in cards}
    # The box forgets when it is not shown; the session does not.
    st.session_state["compare-box"] = st.session_state["compare"]
    st.multiselect(
        "Models, two to four", list(by_name), key="compare-box", max_selections=MOST,
        format_func=widgets.labels(cards).__getitem__, on_change=_pick,
        placeholder="Choose two to four models", label_visibility="collapsed",
    )  # fmt: skip
    compared = [by_name[name] for name in st.session_state["compare"]]
    links.write("compare", ",".join(card.name for card in compared))
    return compared


@st.fragment
def _pictures(cards: Sequence[Card]) -> None:
    with widgets.shown_errors():
        found = widgets.images_for(cards[0])
        place = st.container()
        indices = choosing.choose(found, lambda: cached.errors(cards[0], found.name))
        chosen = found.test[indices]
        x = chosen.float().div(255)
        names = [f"A {found.classes[found.test_labels[i]]}, test image {i}" for i in indices]
        rows = [Row("Original", views.digits(x), names)]
        for card in cards:
            x_hat = latent.reconstruct(cached.load(card).model, chosen)
            title = facts.short_title(card)
            rows.append(
                Row(
                    title,
                    views.digits(x_hat),
                    [f"{name}, reconstructed by {title}" for name in names],
                    [f"{error:.4f}" for error in metrics.mse(x_hat, x).tolist()],
                )
            )
        with place:
            pictures.strip(rows)
            st.caption("Under each reconstruction its error (MSE, lower is better).")


def table(cards: Sequence[Card]) -> str:
    """Figures and sizes as an HTML table; the best of each row has a star, where they differ."""
    rows: list[tuple[str, str, Callable[[Card], float], Callable[[float], str], int]] = [
        ("MSE", "lower is better", lambda card: card.metrics["mse"], facts.three_digits, -1),
        ("PSNR, dB", "higher is better", lambda card: card.metrics["psnr"], facts.three_digits, 1),
        ("SSIM", "higher is better", lambda card: card.metrics["ssim"], facts.three_digits, 1),
        ("Code", "numbers; fewer is harder", lambda card: card.latent_dim, _whole, -1),
        ("Weights", "fewer is smaller", _weights, _whole, -1),
        ("Training, s", "each on its own machine", lambda card: card.seconds,
         facts.three_digits, 0),
    ]  # fmt: skip
    head = "".join(f"<th scope='col'>{escape(facts.short_title(card))}</th>" for card in cards)
    body = ""
    for name, way, value_of, text, better in rows:
        values = [value_of(card) for card in cards]
        differ = better and len(set(values)) > 1
        best = max(values, key=lambda value: better * value) if differ else None
        cells = "".join(
            f"<td class='ae-best'>{text(value)}</td>" if value == best
            else f"<td>{text(value)}</td>"
            for value in values
        )  # fmt: skip
        body += f"<tr><th scope='row'>{name}<small>{way}</small></th>{cells}</tr>"
    return (
        f"<div class='ae-compare'><table><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _weights(card: Card) -> float:
    return sum(layer.parameters for layer in cached.layers(card))


def _pick() -> None:
    st.session_state["compare"] = list(st.session_state["compare-box"])
