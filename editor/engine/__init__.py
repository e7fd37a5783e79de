"""What computes: torch, no Qt; the only door to ``models``."""
