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

STYLE = CONTRAST + HEADINGS
