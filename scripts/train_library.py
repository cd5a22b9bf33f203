"""Train the checkpoints that ship, and the classifier, each by the command that its card records.

    python -m scripts.train_library [NAME...]

Needs MNIST in AE_DATA_DIR. All of it takes about four hours on one CPU thread, two and a half of
them `mnist-conv-49`, which is trained as it was published.
"""

import subprocess
import sys
from pathlib import Path

LIBRARY = Path(__file__).resolve().parent.parent / "checkpoints"

LADDER = (1, 2, 3, 4, 8, 16, 32, 49, 64)
"""Code sizes of the ladder: the same digits through ever wider necks."""

SMALL_LADDER = (1, 2, 4, 8, 16, 32, 64)
"""Those of the built-in digits, with which lessons work where MNIST is not here."""

NAMES = {"ae": "Plain", "vae": "Variational", "pca": "PCA"}
OF_SHAPES = {"plain": "Plain", "vae": "Variational", "beta-vae": "Beta-VAE", "residual": "Residual"}

PUBLISHED = {
    "mnist-undercomplete-32": "undercomplete-32",
    "mnist-dense-49": "dense-49",
    "mnist-deep-49": "deep-49",
    "mnist-tanh-3": "tanh-3",
    "mnist-conv-49": "conv-49",
    "mnist-agarap-64": "agarap-64",
    "mnist-sparse-16": "sparse-16",
    "mnist-deep-128": "deep-128",
    "mnist-denoising-49": "denoising-49",
    "mnist-vae-conv-2": "vae-conv-2 --seed 1",
}

SAME = (
    "--latent-dim 10 --widths 48,48 --activation silu --loss bce --optimizer adam"
    " --learning-rate 4e-3 --epochs 60"
)
"""What the three models of shapes share that are compared: all but the cloud and its weight."""

TITLES = {"mnist": "MNIST", "digits": "Built-in digits", "shapes": "Shapes"}

SYSTEMS = {
    **{name: f"{words} --recipe published" for name, words in PUBLISHED.items()},
    "mnist-wide-32": "wide-32",
    "mnist-wide-49": "wide-49 --epochs 40",
    "mnist-deep-silu-49": "deep-silu-49",
    "mnist-deep-silu-3": "deep-silu-3",
    "mnist-vae-conv-2-60000": "vae-conv-2 --recipe published --part train --seed 1",
    "mnist-vae-conv-2-longer": "vae-conv-2 --learning-rate 3e-3 --epochs 45",
    "mnist-wide-64": "wide-64 --encoder-widths 256 --decoder-widths 256",
    "mnist-sparse-silu-16": "sparse-silu-16 --widths 256,128",
    "mnist-wide-128": "wide-128 --encoder-widths 256 --decoder-widths 256",
    "mnist-wide-denoising-49": "wide-denoising-49 --epochs 60",
    "mnist-beta-vae-10": "beta-vae-10 --epochs 15",
    "mnist-conditional-vae-12": "conditional-vae-12 --epochs 20",
    "mnist-contractive-64": "contractive-64 --epochs 15",
    "mnist-fsq-16": "fsq-16",
    "mnist-k-sparse-16": "k-sparse-16",
    "mnist-k-sparse-64": "k-sparse-64",
    "mnist-residual-32": "residual-32 --epochs 5",
    "digits-dense-49": "wide-49 --hidden-width 192 --epochs 40",
    "digits-deep-49": "deep-silu-49 --widths 128,64 --epochs 40",
    "digits-tanh-3": "deep-silu-3 --widths 128,128,64 --epochs 50",
    "digits-vae-conv-2": "vae-conv-2 --epochs 60",
    "digits-denoising-49": "wide-denoising-49 --hidden-width 256 --epochs 300",
    "shapes-plain-10": f"ae-2 {SAME}",
    "shapes-vae-10": f"vae-2 {SAME}",
    "shapes-beta-vae-10": f"beta-vae-10 --beta 16 {SAME}",
    "shapes-residual-32": "residual-32 --width 16 --epochs 10",
}


CLASSIFIERS = {
    "mnist-classifier": "mnist-residual-32 --batch-size 128 --shift 2 --steps 3400"
    " --learning-rate 2e-3 --encoder-rate 1",
}
"""Each on the encoder of a checkpoint that ships."""


def rung(kind: str, size: int, how: str) -> str:
    """The command for one rung of a ladder: of a kind, only the size of the code differs."""
    words = f"--latent-dim {size}"
    return f"pca-32 {words}" if kind == "pca" else f"{kind}-2 {words} --loss bce {how}"


OF_MNIST, OF_DIGITS = "--widths 256,128,128 --epochs 40", "--widths 128,128,64 --epochs 50"

COMMANDS = {
    **SYSTEMS,
    **{f"mnist-{kind}-{size}": rung(kind, size, OF_MNIST) for size in LADDER for kind in NAMES},
    **{
        f"digits-{kind}-{size}": rung(kind, size, OF_DIGITS)
        for size in SMALL_LADDER
        for kind in ("ae", "pca")
    },
    "digits-vae-2": rung("vae", 2, OF_DIGITS),
}


def title(name: str) -> str:
    """What the app calls a checkpoint."""
    images, _, preset = name.partition("-")
    kind, _, size = preset.rpartition("-")
    names = OF_SHAPES if images == "shapes" else NAMES
    if kind in names:
        preset = f"{names[kind]}, {size} number{'s' if size != '1' else ''}"
    return f"{preset} · {TITLES[images]}"


def main() -> None:
    for name in sys.argv[1:] or [*COMMANDS, *CLASSIFIERS]:
        if name in COMMANDS:
            images = name.partition("-")[0]
            words = ["train", *COMMANDS[name].split(), "--set", images]
            words += ["--title", title(name), "--keep-codes"]
            if images != "shapes":  # a bound is of grey images, and takes minutes in colour
                words.append("--bounds")
        else:
            words = ["classify", *CLASSIFIERS[name].split(), "--title", "Digit reader"]
        words += ["--threads", "1", "--name", name, "--into", str(LIBRARY), "--replace"]
        subprocess.run([sys.executable, "-m", "ae_core", *words], check=True)


if __name__ == "__main__":
    main()
