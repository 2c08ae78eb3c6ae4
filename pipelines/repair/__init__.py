"""The one place that changes what was read: damaged dumps, second readings, corrections by hand."""
