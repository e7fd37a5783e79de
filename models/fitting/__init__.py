"""Attributes fitted to a generator's samples: for training, and for the user's own generators."""
