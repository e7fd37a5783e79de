"""What the window talks to: QtCore, no torch."""
