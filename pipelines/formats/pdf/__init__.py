"""PDF files, read as a person sees them: pdfium paints the model of a page, one module decides what is seen."""
