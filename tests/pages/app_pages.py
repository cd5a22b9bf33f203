"""A page as Streamlit runs it: opened at an address, read, pressed."""

from __future__ import annotations

from typing import Any, TypeVar

from streamlit.testing.v1 import AppTest

from pages.ui.state import page_state
from pages.ui.state.declared import Code, Picked
from pages.ui.state.values import State
from tests.conftest import ROOT

Kind = TypeVar("Kind", bound=State)


def opened(script: str, **address: str | list[str]) -> AppTest:
    """A page, run once, as if its address had been typed."""
    app = AppTest.from_file(str(ROOT / "pages" / "ui" / "menu.py"), default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    if script != "home":
        app.switch_page(f"../{script}.py")
    return app.run()


def words(app: AppTest) -> str:
    """Everything that the page says, pictures' texts included, but not how it is to look."""
    kinds = (app.markdown, app.caption, app.title, app.header, app.error, app.warning, app.info)
    bodies = [element.proto.body for element in app.get("html")]
    html = " ".join(body for body in bodies if not body.startswith("<style>"))
    return " ".join(element.value for kind in kinds for element in kind) + html


def press(app: AppTest, label: str) -> AppTest:
    """The page after a press on the button that is called so, or whose name begins so."""
    buttons = [button for button in app.button if button.label.startswith(label)]
    return min(buttons, key=lambda button: len(button.label)).click().run()


def components(app: AppTest) -> list[Any]:
    """What runs in the browser, but what is on every page."""
    return [
        each for each in app.get("bidi_component") if each.proto.component_name != page_state.KEY
    ]


def values(app: AppTest, group: type[Kind]) -> Kind:
    """The present values of a group on the page."""
    key = f"state:{group.__name__}"
    return app.session_state[key] if key in app.session_state else group()


def model(app: AppTest) -> str:
    """The name of the chosen model."""
    return values(app, Picked).model


def code(app: AppTest) -> list[float]:
    """The code that was chosen; nothing until one is."""
    return list(values(app, Code).z)
