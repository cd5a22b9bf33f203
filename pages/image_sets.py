"""Image sets: upload pictures, see what is in them, choose a format, save them."""

import streamlit as st

from ae_core.accounts import ownership
from ae_core.texts import _
from pages.ui.image_sets import collecting, intake, kept, readings, survey
from pages.ui.shared import expired, widgets
from pages.ui.state import current
from pages.ui.state.declared import ImageSets

st.title(_("Image sets"), anchor=False)
st.caption(
    _(
        "Bring your own pictures: faces, leaves, letters, anything in hundreds. Look at what was"
        " found, choose how models will see it, and keep it for every page."
    )
)
with widgets.shown_errors():
    kept.in_the_address()
    with st.container(key="bring"):
        draft = intake.current_draft()
        if draft is None:
            collecting.show()
        else:
            found, form_side = st.columns([1, 1.4], gap="large")
            with found:
                st.header(_("What was found"), anchor=False)
                survey.show_survey(draft.survey)
                readings.show(draft, intake.read_again)
                survey.show_twins(draft)
                st.button(_("Choose other pictures"), on_click=intake.start_over)
            with form_side:
                st.header(_("How models will see them"), anchor=False)
                form, without_twins = intake.chosen_form(draft.survey)
                survey.preview(draft, form)
                with widgets.shown_errors():
                    card = intake.keep(draft, form, without_twins=without_twins)
                    if card is not None:
                        intake.start_over()
                        collecting.forget(draft)
                        current.change(ImageSets, image_set=card.name)
                        st.rerun()
    with st.container(key="own-sets"):
        kept.mine()
    expired.show(ownership.IMAGE_SET)
