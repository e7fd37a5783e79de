"""Benchmarks, run by hand; as in main.py, OpenMP's threads sleep while they wait."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
