"""Train the checkpoints that ship, each by the command that its card records.

    python -m scripts.train_library [NAME...]

Needs MNIST in AE_DATA_DIR. Takes about an hour on one CPU thread, most of it `mnist-vae-conv-2`.
"""

import subprocess
import sys
from pathlib import Path

LIBRARY = Path(__file__).resolve().parent.parent / "checkpoints"

DENOISING = "--noise varied:reach=0.6 --optimizer adam --learning-rate 0.003"
"""Mild and strong noise of all four kinds; Adam restores 0.6 dB better here than Muon."""

COMMANDS = {
    "mnist-dense-49": "dense-49 --set mnist",
    "mnist-deep-49": "deep-49 --set mnist",
    "mnist-tanh-3": "tanh-3 --set mnist",
    "mnist-vae-conv-2": "vae-conv-2 --set mnist",
    "mnist-denoising-49": f"dense-49 --set mnist --hidden-width 384 --epochs 60 {DENOISING}",
    "digits-dense-49": "dense-49 --set digits --hidden-width 192 --epochs 40",
    "digits-deep-49": "deep-49 --set digits --widths 128,64 --epochs 40",
    "digits-tanh-3": "tanh-3 --set digits --widths 128,128,64 --epochs 50",
    "digits-vae-conv-2": "vae-conv-2 --set digits --epochs 60",
    "digits-denoising-49": f"dense-49 --set digits --hidden-width 256 --epochs 300 {DENOISING}",
}


def main() -> None:
    for name in sys.argv[1:] or COMMANDS:
        words = [*COMMANDS[name].split(), "--name", name, "--keep-codes", "--into", str(LIBRARY)]
        if "denoising" in name:
            images = "MNIST" if name.startswith("mnist") else "Built-in digits"
            words += ["--title", f"denoising-49 · {images}"]
        subprocess.run([sys.executable, "-m", "ae_core", "train", *words], check=True)


if __name__ == "__main__":
    main()
