"""Networks and their weights: tensors in, tensors out; no Qt, no documents."""
