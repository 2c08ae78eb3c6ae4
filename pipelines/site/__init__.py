"""The static site: pages for people, built from the warehouse and opened from disk."""
