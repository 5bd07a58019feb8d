"""Matching a round: what goes in (problem), how pairs are found (one file each), and what proves and explains them."""
