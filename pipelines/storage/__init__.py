"""How frames and tables are declared and kept as Parquet."""
