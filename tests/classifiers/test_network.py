"""What a classifier is: an encoder and a head, and what it reads."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ae_core import checkpoints, classifiers, latent
from ae_core.classifiers.network import Classifier
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.models.families.conditional_vae import Config as ConditionalConfig


@pytest.mark.parametrize("family", FAMILIES)
def test_the_decoder_of_every_family_is_taken_off_and_its_encoder_stays(family: str) -> None:
    declared = FAMILIES[family]
    torch.manual_seed(0)
    model = declared.model(declared.config())
    classifier = Classifier(model, 10)
    with torch.device("meta"):
        outline = Classifier(declared.model(declared.config()), 10)
    assert outline.state_dict().keys() == classifier.state_dict().keys()
    assert not [name for name in classifier.state_dict() if "decoder" in name]
    assert len(model.decoder) > 0, "the model itself is left whole"
    x = torch.rand(3, *model.image_shape)
    with torch.no_grad():
        assert torch.equal(classifier.model.encode(x), model.encode(x))
        assert classifier(x).shape == (3, 10)


def test_a_linear_head_has_one_layer(tiny: str) -> None:
    model = checkpoints.load(tiny).model
    assert [p.shape for p in Classifier(model, 4, head_width=0).head.parameters()] == [(4, 3), (4,)]
    assert len(list(Classifier(model, 4, head_width=7).head.parameters())) == 4


def test_codes_reach_the_head_with_mean_zero_and_deviation_one(tiny: str, digits: ImageSet) -> None:
    classifier = Classifier(checkpoints.load(tiny).model, 10)
    classifier.standardise(digits.train)
    z = latent.encode(classifier.model, digits.train)
    standard = (z - classifier.code_mean) / classifier.code_std
    torch.testing.assert_close(standard.mean(0), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(standard.std(0), torch.ones(3), atol=1e-2, rtol=0)


def test_a_number_of_the_code_that_never_moves_is_left_as_it_is(
    tiny: str, digits: ImageSet
) -> None:
    model = checkpoints.load(tiny).model
    layers = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    last = next(layer for layer in layers if layer.out_features == model.latent_dim)
    last.weight[1], last.bias[1] = 0.0, 0.5
    classifier = Classifier(model, 10)
    classifier.standardise(digits.train)
    assert classifier.code_std[1] == 1
    assert classifier.code_std[0] != 1


def test_predictions_are_classes_and_their_probabilities(reader: str, digits: ImageSet) -> None:
    labels, probabilities = classifiers.load(reader).classifier.predict(digits.test)
    assert probabilities.shape == (360, 10)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(360))
    assert torch.equal(labels, probabilities.argmax(1))


def test_confusion_counts_every_image_once_and_agrees_with_the_accuracy(
    reader: str, digits: ImageSet
) -> None:
    classifier = classifiers.load(reader).classifier
    counts = classifiers.confusion(classifier, digits.test, digits.test_labels)
    assert torch.equal(counts.sum(1), torch.bincount(digits.test_labels))
    accuracy = classifiers.accuracy(classifier, digits.test, digits.test_labels)
    assert counts.diagonal().sum() / 360 == pytest.approx(accuracy)
    guessed = classifier.predict(digits.test)[0]
    assert counts[3, 5] == ((digits.test_labels == 3) & (guessed == 5)).sum()


class Always(Classifier):
    """Takes everything for a three."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(torch.full((len(x),), 3), self.classes).float()


def test_the_share_that_is_recognised_is_counted_for_each_class() -> None:
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    shares = classifiers.recognised(model, Always(model, 10), n=7)
    assert shares.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_the_seed_draws_the_styles() -> None:
    torch.manual_seed(0)
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    classifier = Classifier(model, 10)

    def seen(seed: int) -> Tensor:
        drawn: list[Tensor] = []
        classifier.register_forward_pre_hook(lambda _, given: drawn.append(given[0]))
        classifiers.recognised(model, classifier, n=4, seed=seed)
        return torch.cat(drawn[-10:])

    assert seen(0).shape == (40, 1, 28, 28)
    assert torch.equal(seen(0), seen(0))
    assert not torch.equal(seen(0), seen(1))


def test_a_model_and_a_classifier_of_different_classes_are_refused() -> None:
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    with pytest.raises(UserError, match="different images or classes"):
        classifiers.recognised(model, Classifier(model, 9))
