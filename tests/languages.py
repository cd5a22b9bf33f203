"""Languages that a test makes up: a catalogue with a few messages, or with all of them, marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from ae_core import checkpoints, image_sets, languages
from ae_core.classifiers.specs import ClassifierSpec
from ae_core.glossary import TERMS
from ae_core.images import formats
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.recipes import Recipe
from scripts import catalogue

Message = str | tuple[str, ...]

NAMES = {
    "MNIST", "PSNR", "SSIM", "MSE", "BCE", "PCA", "UMAP", "SNE", "VAE", "ELBO", "IWAE", "ReLU",
    "ReLUs", "KL", "PNG", "CSV", "SVG", "GIF", "ONNX", "TensorBoard", "Adam", "LinkedIn", "nats",
    "Gaussian", "Streamlit", "PyTorch", "GitHub", "CPU", "GPU", "NaN", "sigma", "epsilon", "SiLU",
    "Tanh", "Sigmoid", "python", "torch", "Conv", "RMSProp", "SGD", "Xavier", "Glorot",
    *formats.READ,
}  # fmt: skip
"""Words that are the same in every language."""

PLAIN = dict.fromkeys(catalogue.LETTERS.values(), "")

NO_WORDS = re.compile(
    r"\b(?:encoder|decoder)\.[\w.]+|\b(?:mean|log_variance),|"
    r"\b[0-9a-f]{16,}|:material/\w+:|:small\[|`[^`]*`|\]\([^()]*\)|%\{[^{}]*\}|https?://\S+|&\w+;"
)


def learn(
    patched: pytest.MonkeyPatch, folder: Path, language: str, said: Mapping[Message, Message]
) -> None:
    """Make a catalogue of what is said for each message, the only one that there then is."""
    catalogue = Catalog(locale=language)
    for message, here in said.items():
        catalogue.add(message, here)
    path = folder / language / "LC_MESSAGES" / f"{languages.DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    patched.setattr(languages, "FOLDER", folder)
    patched.setattr(languages, "translations", cache(languages.translations.__wrapped__))


def left_in_english(shown: Iterable[str]) -> dict[str, list[str]]:
    """Texts with words that no message of the marked language has, and these words."""
    things = _names_of_things()
    return {text: words for text in shown if (words := _unmarked(text, things))}


def _names_of_things() -> re.Pattern[str]:
    """Titles and names of what is here, and of parameters: they are no messages."""
    cards = checkpoints.available()[0]
    found = {text for card in cards for text in (card.title, card.name, card.preset, card.family)}
    found |= {card.title.partition(" · ")[0] for card in cards} | {card.device for card in cards}
    found |= set(FAMILY_OF) | set(image_sets.available())
    found |= {term.source for term in TERMS.values()}
    # What a run will be called is kept, and stays as it is.
    found |= {f"{name} · {title}" for name in FAMILY_OF for title in image_sets.TITLES.values()}
    found |= {term.source for term in TERMS.values()}
    declared = [*Recipe.declared(), *ClassifierSpec.declared()]
    declared += [each for family in FAMILIES.values() for each in family.config.declared()]
    for each in declared:
        found |= {each.name, each.name.replace("_", " "), *each.choices}
    longest_first = sorted(filter(None, found), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])({'|'.join(map(re.escape, longest_first))})(?![A-Za-z])")


def _unmarked(text: str, things: re.Pattern[str]) -> list[str]:
    """The words of a text that are in no message of the language: their letters are all plain."""
    if text.startswith("<style"):
        return []
    attributes = " ".join(re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', text))
    text = re.sub(r"<style.*?</style>|<[^<>]*>", " ", text, flags=re.DOTALL) + " " + attributes
    text = NO_WORDS.sub(" ", text).replace("\\", "")
    words = re.findall(r"[^\W\d_]{3,}", things.sub(" ", text))
    return [word for word in words if word not in NAMES and word == word.translate(PLAIN)
            and word != word.translate(catalogue.LETTERS)]  # fmt: skip
