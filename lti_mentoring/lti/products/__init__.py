"""One file for each product: where it differs from the specification, and its words for what both sides exchange."""
