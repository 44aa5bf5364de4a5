"""The solver: names, calls and paths over the intermediate representation.

Nothing here knows the parser, the law, or how a finding is worded.
"""
