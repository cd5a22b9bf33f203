"""`import`: one's own pictures on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ae_core import image_sets
from ae_core.cli import main
from ae_core.image_sets import stored
from tests.uploads.made_files import encoded, picture, table

CASES = Path(__file__).parents[1] / "data" / "cases"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main.main(["import", *map(str, arguments)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, _err = run(capsys, *arguments, "--json")
    assert code == 0
    return dict(json.loads(out))


def test_a_dry_run_says_what_would_be_read(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    found = said(capsys, CASES / "07_number_scale" / "mask_0_2.npy", "--dry-run")
    assert {each: found[each] for each in ("count", "classes", "size", "colour", "white")} == {
        "count": 24, "classes": {}, "size": [28, 28], "colour": False, "white": 255,
    }  # fmt: skip
    assert found["brightness"] == pytest.approx(0.00104, abs=1e-4)
    assert [each["white"] for each in found["alternatives"]] == [2]
    assert found["alternatives"][0].keys() == found["reading"].keys()
    assert not (home / "image-sets").exists()
    assert not stored.root().exists()


@pytest.mark.parametrize(
    ("options", "classes", "count"),
    [
        ((), {str(digit): 4 for digit in range(10)}, 40),
        (("--label", "none"), {}, 40),
        (("--label", "name"), {"kaggle_head_first": 40}, 40),
        (("--white", "1023"), {str(digit): 4 for digit in range(10)}, 40),
        (("--header", "yes"), {str(digit): 4 for digit in range(10)}, 40),
    ],
)
def test_what_is_chosen_is_what_is_read(
    options: tuple[str, ...], classes: dict[str, int], count: int,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    table_file = CASES / "03_csv_pandas" / "kaggle_head_first.csv"
    found = said(capsys, table_file, "--dry-run", *options)
    assert (found["classes"], found["count"]) == (classes, count)
    if "--white" in options:
        usual = said(capsys, table_file, "--dry-run")
        assert found["white"] == 1023
        assert found["brightness"] == pytest.approx(usual["brightness"] * 255 / 1023, abs=0.01)


def test_a_folder_is_read_as_a_zip_is_and_kept_for_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(24):
        folder = tmp_path / "pets" / ("cats" if number % 2 else "dogs")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.png").write_bytes(encoded(picture(number)))
    (tmp_path / "pets" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "pets" / "notes.pdf").write_bytes(b"%PDF-1.4")
    found = said(capsys, tmp_path / "pets", "--name", "pets", "--size", "32", "--grey")
    assert found["classes"] == {"cats": 12, "dogs": 12}
    assert [each["name"] for each in found["refused"]] == ["notes.pdf"]
    kept = image_sets.load("pets")
    assert "pets" in image_sets.available()
    assert kept.classes == image_sets.class_names("pets") == ("cats", "dogs")
    assert kept.image_shape == (1, 32, 32)
    assert len(kept.train) + len(kept.test) == 24
    assert found["sha256"] == kept.sha256
    code, _out, err = run(capsys, tmp_path / "pets", "--name", "pets")
    assert code == 2
    assert "The name pets is taken" in err
    two = said(capsys, tmp_path / "pets" / "cats", tmp_path / "pets" / "dogs", "--dry-run")
    assert two["classes"] == {"cats": 12, "dogs": 12}


def test_people_read_a_table_instead_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, CASES / "06_npy_files" / "olivetti_with_readme.zip", "--dry-run")
    for part in ("30 pictures", "from the array", "64 x 64", "README.txt"):
        assert part in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dry-run", "--label", "nothing"), "Choose one of folder, name, none, label"),
        (("--dry-run", "--header", "perhaps"), "yes or no"),
        ((), "Say what the set is called: --name."),
        (("--name", "mnist"), "is taken"),
        (("--name", "my-set-1"), "is taken"),
        (("--name", "../up"), "cannot be"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = CASES / "03_csv_pandas" / "kaggle_head_first.csv"
    code, _out, err = run(capsys, file, *arguments)
    assert code == 2
    assert words in " ".join(err.split())


def test_a_file_that_is_not_there_or_holds_no_picture_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _out, err = run(capsys, tmp_path / "no.csv", "--dry-run")
    assert (code, "is not there" in err) == (2, True)
    (tmp_path / "a.csv").write_bytes(table([["a", "b"], [1, 2]]))
    code, _out, err = run(capsys, tmp_path / "a.csv", "--dry-run")
    assert (code, "No picture could be read" in err) == (2, True)
    np.save(tmp_path / "x.npy", np.zeros(3))
    assert run(capsys, tmp_path / "x.npy", "--dry-run")[0] == 2
