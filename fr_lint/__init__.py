"""fr-lint: face recognition without evidence of consent, found in Python source by paths."""

__version__ = "0.1.0"
