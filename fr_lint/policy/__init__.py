"""The room of policy: what a project declares about itself, and what the law in force asks for.

Plain values from TOML.  It must not know programs, the catalogue of libraries, or any rule; others ask it.
"""
