"""Ways out of the app: ONNX files, what the browser loads, downloads."""
