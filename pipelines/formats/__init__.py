"""One folder per kind of file: a source file becomes a `Document` of text lines and grids with their places.

`kind` says what a kind of file must tell of itself, `registry` lists the kinds; both are light. Nobody outside this
folder asks for a suffix or branches on a kind.
"""
