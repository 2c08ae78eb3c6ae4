"""Performance targets and evaluations: indicator rows."""
