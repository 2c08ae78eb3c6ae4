"""Web pages: as a browser shows them, in reading order, or word by word where they were made from a PDF."""
