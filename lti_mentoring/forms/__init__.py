"""Forms, grouped as the blueprints are."""
