"""The words of the field: what each one means, in two plain sentences with an example from here."""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.texts import N_


@dataclass(frozen=True)
class Term:
    """A word, what it means, and where that is defined, if it is not common knowledge."""

    word: str
    meaning: str
    source: str = ""


TERMS: dict[str, Term] = {
    "autoencoder": Term(
        N_("autoencoder"),
        N_("A network that squeezes an image into a code and draws it again from the code alone."
           " All models in the sidebar are of this kind."),
    ),
    "code": Term(
        N_("code"),
        N_("The few numbers that a model keeps of an image. On Latent space they stand as z = (…)"
           " under the picture."),
    ),
    "latent-space": Term(
        N_("latent space"),
        N_("All codes that are possible, as a space with one direction for each number. The map on"
           " Latent space is a piece of it."),
    ),
    "encoder": Term(
        N_("encoder"),
        N_("The half of a model that turns an image into its code. Draw a digit, and the encoder"
           " finds its place on the map."),
    ),
    "decoder": Term(
        N_("decoder"),
        N_("The half of a model that draws an image from a code. Drag on the map, and the decoder"
           " draws each place."),
    ),
    "bottleneck": Term(
        N_("bottleneck"),
        N_("The narrowest layer of a model: the code. The dial on Compare shows what passes through"
           " 1 number, and what through 64."),
    ),
    "reconstruction-error": Term(
        N_("reconstruction error"),
        N_("How far the drawn image is from the one that went in. Reconstruct shows it pixel by"
           " pixel in orange and blue."),
    ),
    "mse": Term(
        N_("MSE"),
        N_("Mean squared error: the difference of each pixel from 0 to 1, squared, and then the"
           " mean of all. An MSE of 0.01 is a usual error of 0.1 in each pixel."),
    ),
    "psnr": Term(
        N_("PSNR"),
        N_("Peak signal-to-noise ratio: the MSE on a scale of decibels, where more is better. Each"
           " 10 dB more is a tenth of the MSE: 0.01 is 20 dB."),
    ),
    "ssim": Term(
        N_("SSIM"),
        N_("Structural similarity: compares the light, contrast and structure of small windows, so"
           " that blur costs more than in the MSE. Two equal images have 1."),
        "Wang et al. 2004, IEEE TIP 13(4)",
    ),
    "bce": Term(
        N_("BCE"),
        N_("Binary cross-entropy: what it costs to say of each pixel how likely it is white. Most"
           " models here learn by it: see the loss on Train."),
    ),
    "nats": Term(
        N_("nats"),
        N_("A unit of information, as bits are: 1 nat is 1.44 bits. The KL divergence is told in"
           " nats an image."),
    ),
    "loss": Term(
        N_("loss"),
        N_("The number that training makes small. The curve on Train shows it step by step."),
    ),
    "prior": Term(
        N_("prior"),
        N_("Where a variational model expects codes before it sees an image: a round cloud in the"
           " middle of the map. A random draw from it decodes to a new image."),
        "Kingma & Welling 2013, arXiv:1312.6114",
    ),
    "posterior": Term(
        N_("posterior"),
        N_("Where a variational model places one image: a small cloud of codes, not a point. On the"
           " map it is the ring."),
        "Kingma & Welling 2013, arXiv:1312.6114",
    ),
    "vae": Term(
        N_("variational"),
        N_("A model whose encoder gives each image a small cloud, so that codes between images"
           " decode to images, too. Its map is smooth: try vae-conv-2."),
        "Kingma & Welling 2013, arXiv:1312.6114",
    ),
    "kl-divergence": Term(
        N_("KL divergence"),
        N_("How far the cloud of an image is from the prior, in nats: what the code tells of the"
           " image. A number of the code whose KL divergence is 0 says nothing."),
    ),
    "beta": Term(
        N_("beta"),
        N_("How much the KL divergence counts in the loss. A larger beta gives a smoother map and"
           " blurred images: a Beta-VAE has more than 1."),
        "Higgins et al. 2017, ICLR",
    ),
    "elbo": Term(
        N_("ELBO"),
        N_("Evidence lower bound: what a variational model makes large, reconstruction and KL"
           " divergence together. Models shows it as negative ELBO, where less is better."),
        "Kingma & Welling 2013, arXiv:1312.6114",
    ),
    "pca": Term(
        N_("PCA"),
        N_("Principal component analysis: the straight directions in which images differ most, and"
           " no network. Compare draws its curve as the baseline."),
    ),
    "t-sne": Term(
        N_("t-SNE"),
        N_("A flat map that keeps neighbours together, while far distances on it mean little. Codes"
           " has one under maps."),
        "van der Maaten & Hinton 2008, JMLR 9",
    ),
    "umap": Term(
        N_("UMAP"),
        N_("A flat map as t-SNE is one, made faster of a network of neighbours. Sizes of groups and"
           " gaps between them mean little, too."),
        "McInnes et al. 2018, arXiv:1802.03426",
    ),
    "epoch": Term(
        N_("epoch"),
        N_("One pass through all training images. Ten seconds on Train are many epochs of the small"
           " digits."),
    ),
    "batch": Term(
        N_("batch"),
        N_("The images that a model sees in one step of training. After each batch its weights"
           " change a little."),
    ),
    "learning-rate": Term(
        N_("learning rate"),
        N_("How far the weights go in each step of training. Too much, and the loss jumps: see"
           " break it on Train."),
    ),
    "overfitting": Term(
        N_("overfitting"),
        N_("Learning the training images by heart: their error falls while that of new images"
           " rises. Train shows both curves under overfitting."),
    ),
    "test-images": Term(
        N_("test images"),
        N_("Images that a model never learned from. Figures of a model are of these, unless it says"
           " otherwise."),
    ),
    "sparsity": Term(
        N_("sparsity"),
        N_("How many numbers of a code are zero. In a sparse code a few speak for each image, as in"
           " the model k-sparse-16."),
    ),
    "latent-dimension": Term(
        N_("dead number"),
        N_("A number of the code that hardly changes the image. Codes finds them under used and"
           " dead."),
    ),
    "disentanglement": Term(
        N_("disentanglement"),
        N_("Each number of the code follows one factor, such as size or position. Codes measures it"
           " on the set Shapes, whose factors are known."),
        "Higgins et al. 2017, ICLR",
    ),
    "anomaly": Term(
        N_("anomaly"),
        N_("An image unlike those that a model learned, so that it draws it badly. Codes sorts them"
           " by their error."),
    ),
    "out-of-distribution": Term(
        N_("out of distribution"),
        N_("From another source than the training images, as a shoe is for a model of digits."
           " Compare shows what a model makes of it."),
    ),
    "denoising": Term(
        N_("denoising"),
        N_("Taking noise away: such a model sees spoilt images and learns to draw the clean ones."
           " Compare it on Denoise with a model that was not trained so."),
        "Vincent et al. 2008, ICML",
    ),
    "gaussian-noise": Term(
        N_("Gaussian noise"),
        N_("A random number from a bell curve is added to each pixel. Its standard deviation says"
           " how strong it is."),
    ),
    "classifier": Term(
        N_("classifier"),
        N_("A network that names the class of an image. On Latent space it reads what the decoder"
           " draws."),
    ),
    "linear-classifier": Term(
        N_("linear classifier"),
        N_("A classifier that only weighs and adds the numbers of a code. If it can tell the class,"
           " the code holds it plainly."),
    ),
    "posterior-collapse": Term(
        N_("posterior collapse"),
        N_("A variational model that says nothing in its code: all clouds lie on the prior, and all"
           " images look the same. Break it on Train shows one."),
    ),
}  # fmt: skip
"""By the names of their places on the page Glossary."""
