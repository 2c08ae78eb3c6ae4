from pipelines.extract.pdf import read_pdf
from pipelines.extract.text import read_text
from pipelines.interpret.forms import is_title
def read_document(p):
    return read_pdf(p,is_title) if p.suffix=='.pdf' else read_text(p)
