"""The ladders of lights: rungs, colours, events, the litigation ladder, derivations."""
