"""A notebook as a file: cells of text and of code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Cell = dict[str, Any]


def written(cells: Sequence[Cell]) -> bytes:
    """The file of these cells, in their order (nbformat 4.5)."""
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    notebook = {
        "cells": numbered, "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {
            "name": "python3", "display_name": "Python 3", "language": "python"
        }},
    }  # fmt: skip
    return json.dumps(notebook, indent=1).encode()


def text(source: str) -> Cell:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> Cell:
    """A cell of Python, which nobody has run yet."""
    return {
        "cell_type": "code", "metadata": {}, "source": source,
        "execution_count": None, "outputs": [],
    }  # fmt: skip
