"""What every stage shares, and what imports nothing of ours: documents, numbers, money, frames, settings."""
