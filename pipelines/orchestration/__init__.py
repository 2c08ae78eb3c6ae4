"""Dagster assets, the job, its schedule and the run in process: thin."""
