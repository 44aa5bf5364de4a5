"""The fallback analysis: grants, what gates them, and other ways to them."""
