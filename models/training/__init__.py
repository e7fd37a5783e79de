"""The scripts that make the embedded weights and directions."""
