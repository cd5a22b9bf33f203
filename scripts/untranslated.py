"""Lists words that people may read and that do not go through `ae_core.texts`.

python -m scripts.untranslated pages/ui/train ae_core/jobs
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

MARKED = {"_", "ngettext", "N_", "option", "value", "number", "group", "draw"}
"""Calls of which the arguments are messages, or the help of options."""

NOT_SHOWN = {
    "getLogger", "compile", "debug", "info_", "warning_", "exception", "assert_never", "fullmatch",
    "ValueError", "TypeError", "RuntimeError", "KeyError", "NotImplementedError", "AssertionError",
    "removesuffix", "removeprefix", "startswith", "endswith", "partition", "rpartition", "split",
    "import_module", "getenv", "TypeVar", "add_argument", "ArgumentParser", "print", "Variable",
    "text",
}  # fmt: skip
"""Calls of which the arguments are not for the page: logs, patterns, mistakes of ours."""

SHOWN = {
    "alt", "help", "label", "placeholder", "title", "summary", "words", "text", "name", "caption",
    "hover", "says", "about", "question",
}  # fmt: skip
"""Arguments that are read, whatever takes them."""

SENTENCE = re.compile(r"[A-Za-z]{2,}[,:;.]? [A-Za-z]{2,}")
WORD = re.compile(r"^[A-Z][a-z]{2,}( |$)")
NO_WORDS = re.compile(
    r"<[^<>]*>|\{[^{}]*\}|:material/\w+:|`[^`]*`|\]\([^()]*\)|https?://\S+|%\{[^}]*\}"
)


def found(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a file with words outside of every message, and the words."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if isinstance(parents[node], ast.Expr) or _is_no_text(node, parents):
            continue
        text = NO_WORDS.sub("", node.value)
        if SENTENCE.search(text) or (WORD.search(text) and _is_shown(node, parents)):
            yield node.lineno, node.value


def _is_no_text(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.Call) and node is not parent.func:
            if _called(parent) in MARKED | NOT_SHOWN:
                return True
            owner = getattr(parent.func, "value", None)
            if isinstance(owner, ast.Name) and owner.id in ("log", "re", "logging"):
                return True
        if isinstance(parent, ast.arguments) or (
            isinstance(parent, (ast.FunctionDef, ast.ClassDef)) and node in parent.decorator_list
        ):
            return not _is_spinner(node)
        if isinstance(parent, (ast.AnnAssign, ast.arg)) and node is parent.annotation:
            return True
        if isinstance(parent, ast.Subscript) and node is parent.slice:
            return True
        node = parent
    return False


def _is_spinner(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.keyword) and each.arg == "show_spinner" for each in ast.walk(node)
    )


def _is_shown(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    while isinstance(parent, (ast.JoinedStr, ast.IfExp, ast.BinOp, ast.FormattedValue)):
        node, parent = parent, parents.get(parent)
    if isinstance(parent, ast.keyword):
        return parent.arg in SHOWN
    if isinstance(parent, (ast.Dict, ast.Return)):
        return True
    return isinstance(parent, ast.Call) and node in parent.args


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def main() -> None:
    """Print them, and how many there are."""
    count = 0
    for place in sys.argv[1:]:
        start = ROOT / place
        for path in sorted(start.rglob("*.py")) if start.is_dir() else [start]:
            for line, words in found(path):
                count += 1
                print(f"{path.relative_to(ROOT)}:{line}: {words.strip()[:90]}")
    print(f"{count} in all")


if __name__ == "__main__":
    main()
