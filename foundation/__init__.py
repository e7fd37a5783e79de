"""What every floor stands on: errors with advice, and files that are written in one step.

The standard library only: it loads at once, wherever it is needed.
"""
