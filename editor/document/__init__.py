"""What is edited and the files it lives in: frozen values, NumPy; no Qt, no torch."""
