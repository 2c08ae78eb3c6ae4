"""One folder per kind of file: a source file becomes a `Document` of text lines and grids with their places."""
