"""What the style sheet holds so that everybody can see, read and press what is on a page.

`light-dark` follows the `color-scheme` that Streamlit gives `.stApp`. Inside of parts that run in
the browser, whose styles are their own, `frontend/src/ui/style.css` has the same.
"""

from __future__ import annotations

CONTRAST = """
.stApp [data-testid="stCaptionContainer"] { opacity: .78; }
.stApp [data-testid="stBaseButton-primary"], .stApp [data-testid="stBaseButton-primaryFormSubmit"] {
  color: light-dark(#ffffff, #06201c); }
.stApp [data-tag], .stApp [data-tag] button { color: light-dark(#ffffff, #06201c); }
.stApp [data-testid="stBaseButton-primary"]:disabled { color: inherit; }
"""
"""Streamlit's captions have 4.38:1 in light; what stands on our primary colour is white, also in
dark, where that is 1.86:1."""

HEADINGS = """
.stApp h1 { padding: 1rem 0; }
.stApp [data-testid="stMarkdown"] h2 { font-size: 1.25rem; padding: .375rem 0 1rem; }
"""
"""A page has one h1; what its parts are called is an h2, small where it stands in a text."""

FOCUS = """
.stApp.stApp :focus-visible { outline: 2px solid light-dark(#0f766e, #2dd4bf);
  outline-offset: 2px; }
"""

TOUCH = """
@media (pointer: coarse) {
  .stApp :is([data-testid^="stBaseButton"], [data-testid="stMenuButtonButton"],
    [data-testid="stButtonGroup"] button,
    [data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapseButton"] button,
    [data-testid="stMainMenuButton"], [data-testid="stSidebarNavLink"],
    [data-testid="stPageLink-NavLink"], [data-testid="stTopNavLink"],
    [data-testid="stExpander"] summary,
    [data-testid="stTextInput"] input, [data-testid="stTextInputRootElement"],
    [data-testid="stNumberInput"] :is(input, button), [data-testid="stNumberInputContainer"],
    [data-testid="stSelectbox"] :is(input, button, :has(> input)),
    [data-testid="stMultiSelect"] :is(input, button),
    [data-testid="stCheckbox"] label, [data-testid="stDateInput"] input) { min-height: 44px; }
  .stApp :is([data-testid^="stBaseButton"], [data-testid="stMenuButtonButton"],
    [data-testid="stButtonGroup"] button,
    [data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapseButton"] button,
    [data-testid="stMainMenuButton"], [data-testid="stNumberInput"] button,
    [data-testid="stSelectbox"] button, [data-testid="stMultiSelect"] button) { min-width: 44px; }
  .stApp [data-testid="stCheckbox"] label { align-items: center; }
  .stApp [data-testid="stSlider"] :has(> div > input)::after { content: ""; position: absolute;
    left: calc(50% - 22px); top: calc(50% - 22px); width: 44px; height: 44px; }
  .stApp [data-testid="stTooltipHoverTarget"] button, .stApp [data-testid="stTooltipIcon"] button {
    position: relative; }
  .stApp :is([data-testid="stTooltipHoverTarget"], [data-testid="stTooltipIcon"]) button::after {
    content: ""; position: absolute; inset: -14px; }
}
"""
"""What a finger can hit (WCAG 2.2, 2.5.5)."""

NARROW = """
@media (max-width: 400px) {
  .stApp [data-testid="stMarkdown"] :is(th, td) { padding: .2rem .3rem; font-size: .8rem; }
}
"""
"""At 320 pixels, or 200 % zoom on a phone, nothing reaches beyond the page (WCAG 2.2, 1.4.10)."""

STYLE = CONTRAST + HEADINGS + FOCUS + TOUCH + NARROW
