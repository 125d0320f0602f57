"""Amends: from a public complaint to proof that the answer held."""

import os

# Numpy asks for this when it is first imported. Our matrices are small: threads of its own would mostly wait for work, and wait busily,
# on cores that the graph of the triage model needs.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
