"""PDF: what a person sees on a page becomes text lines and grids."""
