"""How a model leaves: as ONNX, as what the browser loads, as a download."""
