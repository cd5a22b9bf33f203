"""A page as Streamlit runs it: opened at an address, read, pressed."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


def opened(script: str, **address: str) -> AppTest:
    """A page, run once, as if its address had been typed."""
    app = AppTest.from_file(str(ROOT / "pages" / "ui" / "menu.py"), default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    if script != "home":
        app.switch_page(f"../{script}.py")
    return app.run()


def words(app: AppTest) -> str:
    """Everything that the page says, pictures' texts included, but not how it is to look."""
    kinds = (app.markdown, app.caption, app.header, app.subheader, app.error, app.warning, app.info)
    bodies = [element.proto.body for element in app.get("html")]
    html = " ".join(body for body in bodies if not body.startswith("<style>"))
    return " ".join(element.value for kind in kinds for element in kind) + html


def press(app: AppTest, label: str) -> AppTest:
    """The page after a press on the button that is called so, or whose name begins so."""
    buttons = [button for button in app.button if button.label.startswith(label)]
    return min(buttons, key=lambda button: len(button.label)).click().run()
