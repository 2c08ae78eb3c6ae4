"""The warehouse for people and programs: tables, exports, the source of a number."""
