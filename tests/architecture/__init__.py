"""The tests that hold the design: rules over the source tree and over what is registered at start.

`order.py` says what the house looks like, `rules/` judge a source tree, `plants/` hold code that breaks each rule on
purpose: a rule that does not find its plants is no rule.
"""
