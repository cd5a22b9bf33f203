"""Files as people reported them, and others of their kinds: what is in each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ae_core.uploads import code_pages
from ae_core.uploads.intake import Intake, ReadResult, Upload
from ae_core.uploads.readings import Choices, Reading

CASES = Path(__file__).parents[1] / "data" / "cases"

TEN = {str(digit): 4 for digit in range(10)}
FACES = {str(person): 5 for person in range(6)}
FEELINGS = {"0": 12, "1": 5, "2": 7, "3": 9, "4": 10, "5": 9, "6": 8}

EXPECTED: dict[str, tuple[tuple[int, int], dict[str, int]]] = {
    "01_zip_names/classes_cp866.zip": ((28, 28), {"кошка": 8, "собака": 8}),
    "01_zip_names/classes_gbk.zip": ((28, 28), {"猫": 8, "狗": 8}),
    "01_zip_names/mac_finder_utf8_noflag.zip": ((28, 28), {"Käfer": 8, "Blüten": 8}),
    "01_zip_names/gbk_with_unicode_path.zip": ((28, 28), {"猫": 8, "狗": 8}),
    "01_zip_names/utf8_flag.zip": ((28, 28), {"Käfer": 8, "猫": 8}),
    "02_csv_locale/trailing_comma.csv": ((28, 28), TEN),
    "02_csv_locale/semicolon_int_bom.csv": ((28, 28), TEN),
    "02_csv_locale/sep_line.csv": ((28, 28), TEN),
    "03_csv_pandas/kaggle_head_first.csv": ((28, 28), TEN),
    "03_csv_pandas/with_index_column.csv": ((28, 28), TEN),
    "03_csv_pandas/id_first_no_label.csv": ((28, 28), {"": 40}),
    "03_csv_pandas/range_header.csv": ((28, 28), TEN),
    "04_csv_headerless_label/named_letter_first.csv": ((12, 12), FEELINGS),
    "04_csv_headerless_label/named_emotion_last.csv": ((12, 12), FEELINGS),
    "05_npz_keys/medmnist_like.npz": ((28, 28), TEN),
    "05_npz_keys/onehot10_float.npz": ((28, 28), TEN),
    "05_npz_keys/float_labels.npz": ((28, 28), TEN),
    "06_npy_files/class_folders_one_array_each.zip": ((28, 28), {"cat": 20, "dog": 20}),
    "06_npy_files/class_folders_image_per_npy.zip": ((64, 64), {"cat": 12, "dog": 12}),
    "06_npy_files/csv_class_folders.zip": ((12, 12), {"cat": 12, "dog": 12}),
    "06_npy_files/olivetti_with_readme.zip": ((64, 64), FACES),
    "06_npy_files/one_image_64.npy": ((64, 64), {"": 1}),
}


def taken_in(*names: str) -> tuple[Intake, list[ReadResult]]:
    found = Intake([Upload(Path(name).name, CASES / name) for name in names])
    list(found.look())
    return found, list(found.read())


def reading(*names: str) -> Reading:
    return taken_in(*names)[0].guesses.reading(Choices())


def brightness(results: list[ReadResult]) -> float:
    return float(np.mean([np.asarray(each.picture).mean() for each in results]))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_people_brought_is_read_as_they_meant_it(name: str) -> None:
    found, results = taken_in(name)
    good = [each for each in results if each.picture is not None]
    size, classes = EXPECTED[name]
    assert Counter(each.label for each in good) == classes
    assert {each.picture.size for each in good if each.picture} == {size}
    assert found.count(Choices()) == len(good)
    refused = [each.name for each in results if each.reason]
    assert refused == (["data/README.txt"] if "readme" in name else [])


def test_tables_written_differently_hold_the_same_pictures() -> None:
    tables = [name for name, (_size, classes) in EXPECTED.items() if classes == TEN]
    pictures = [
        {np.asarray(each.picture).tobytes() for each in taken_in(name)[1]} for name in tables
    ]
    assert all(each == pictures[0] for each in pictures)


def test_two_arrays_are_two_classes_by_what_their_names_do_not_share() -> None:
    _found, results = taken_in("06_npy_files/quickdraw_cat.npy", "06_npy_files/quickdraw_dog.npy")
    assert Counter(each.label for each in results) == {"cat": 20, "dog": 20}


@pytest.mark.parametrize(
    ("name", "white"),
    [
        ("float_just_above_1.npy", 1), ("float_overshoot.npy", 1), ("microscope_12bit.npy", 4095),
        ("camera_10bit.npy", 1023), ("timelapse_first_300_dark.npz", 255), ("mask_0_2.npy", 255),
    ],
)  # fmt: skip
def test_white_is_found_from_the_type_and_the_whole_set(name: str, white: int) -> None:
    found, results = taken_in(f"07_number_scale/{name}")
    assert not [each.reason for each in results if each.reason]
    scale = found.guesses.reading(Choices()).scale
    assert scale is not None
    assert (scale.black, scale.white) == (0, white)


def test_pictures_of_more_bits_are_as_bright_as_those_of_eight() -> None:
    eight = brightness(taken_in("07_number_scale/float_just_above_1.npy")[1])
    for name in ("microscope_12bit.npy", "camera_10bit.npy"):
        assert abs(brightness(taken_in(f"07_number_scale/{name}")[1]) - eight) <= 2


def test_masks_are_offered_with_another_white() -> None:
    found, _results = taken_in("07_number_scale/mask_0_2.npy")
    others = dict(found.guesses.alternatives(Choices()))
    (choices,) = [each for each in others if each.white]
    assert choices.white == 2
    assert brightness(list(found.read(choices))) > 10


def test_a_label_that_may_be_at_either_end_is_first_and_the_other_is_offered() -> None:
    name = "04_csv_headerless_label/rare_corner_ink.csv"
    found, _results = taken_in(name)
    labels = [found.guesses.reading(Choices()).label]
    labels += [each.label for _choices, each in found.guesses.alternatives(Choices())]
    assert labels == ["1", "145", ""]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp866", "Кот Пёс"), ("cp1251", "кошка собака"), ("gbk", "苹果 香蕉 汽车"),
        ("cp932", "ねこ いぬ"), ("cp932", "リンゴ バナナ"), ("cp949", "고양이 개"),
        ("big5", "蘋果 香蕉"), ("cp850", "Käfer Blüten"), ("cp852", "kočka žába"),
        ("cp1252", "forêt été"), ("cp1253", "γάτα σκύλος"), ("utf-8", "Käfer 猫"),
    ],
)  # fmt: skip
def test_names_are_read_in_the_code_page_that_makes_words_of_them(page: str, names: str) -> None:
    written = [name.encode(page) for name in names.split()]
    found = code_pages.plausible(written)
    assert " ".join(code_pages.decoded(name, found[0]) for name in written) == names


def test_where_names_may_be_two_things_both_are_offered() -> None:
    written = [name.encode("big5") for name in ("貓", "狗")]
    assert "big5" in code_pages.plausible(written)
    found, _results = taken_in("01_zip_names/classes_gbk.zip")
    assert {each.names for _choices, each in found.guesses.alternatives(Choices())} > {"big5"}


def test_words_say_how_it_was_read() -> None:
    said: dict[str, Any] = dict(reading("03_csv_pandas/with_index_column.csv").in_words())
    assert said["Classes"] == "from the column label"
    assert said["First row"] == "names the columns"
    assert said["Columns left out"] == "1"
    assert said["One picture"].startswith("28 x 28, a row of numbers")
    assert said["White"] == "255"
