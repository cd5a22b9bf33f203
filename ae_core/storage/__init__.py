"""Files and folders written whole or not at all, cards read as untrusted, and the object store."""
