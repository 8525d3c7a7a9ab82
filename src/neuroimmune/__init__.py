"""Mechanistic simulation of the human neuro-immune system in ME/CFS, fibromyalgia and functional neurological disorder."""

__version__ = "0.1.0"
