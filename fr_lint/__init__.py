"""fr-lint: face recognition without evidence of consent, found in Python source by paths."""
