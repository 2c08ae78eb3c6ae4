"""Text documents: paragraphs and tables as a person reads them, with numbering, without what was deleted or hidden."""
