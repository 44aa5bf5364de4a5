"""How an outcome is shown: one file a form, each a function of plain values.  Must not know how anything was found."""
