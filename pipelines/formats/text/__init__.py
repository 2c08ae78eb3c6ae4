"""Text and Markdown dumps: lines and marked columns become text lines and grids."""
