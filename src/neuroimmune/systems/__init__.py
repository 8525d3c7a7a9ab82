"""Organ systems, one a file; none imports another, and every arrow between two stands in `neuroimmune.body`."""
