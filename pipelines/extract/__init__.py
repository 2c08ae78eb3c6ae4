"""One file becomes one Document: text lines and grids with page and box."""
