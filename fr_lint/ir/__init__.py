"""The intermediate representation between the parser and the solver."""
