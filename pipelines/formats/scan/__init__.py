"""Pages that are pictures: cleaned, set level, read by OCR, and handed on as the same model of a page as any other."""
