"""Shapes named once. Checked by beartype in the tests, free in production."""

from jaxtyping import Float, Int64, UInt8
from torch import Tensor

Images = Float[Tensor, "n c h w"]
"""A batch of images in [0, 1]."""

Pixels = UInt8[Tensor, "n c h w"]
"""A batch of images as stored, 0 to 255."""

Labels = Int64[Tensor, " n"]

Latents = Float[Tensor, "n d"]
"""A batch of codes."""

Loss = Float[Tensor, ""]
