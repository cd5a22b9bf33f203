"""How well a model does: figures, filters to beat, loss maps, images that no training set holds."""
