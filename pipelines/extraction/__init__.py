"""One file becomes one reading: the stages in order, in worker processes, with a cache."""
