"""What libraries do and what words mean, as data, with the matchers that read it."""
