"""Write the README's table of settings, as declared: `python -m scripts.settings_table`."""

from __future__ import annotations

import re

from ae_core.settings import ROOT, VARIABLES

README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


def table() -> str:
    """One line a setting, as Markdown."""
    rows = [
        f"| `{each.name}` | {each.says} | {each.without or f'`{each.default}`'} |"
        for each in VARIABLES
    ]
    return "\n".join(["| variable | what it says | without it |", "|---|---|---|", *rows, ""])


def main() -> None:
    text = README.read_text("utf-8")
    README.write_text(TABLE.sub(lambda _: table(), text), "utf-8")


if __name__ == "__main__":
    main()
