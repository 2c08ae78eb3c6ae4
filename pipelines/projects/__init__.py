"""Named projects with their money and cost lines."""
