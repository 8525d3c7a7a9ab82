"""Sphinx settings; `make docs` treats every warning as an error."""

from pathlib import Path

from docutils.nodes import SkipNode

import neuroimmune
from neuroimmune.describe import markdown
from neuroimmune.protocol_pages import write_protocol_pages
from neuroimmune.treated import Agent, treated
from neuroimmune.treatment_pages import write_treatment_pages

project = "neuroimmune"
author = copyright = "neuroimmune contributors"
release = version = neuroimmune.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
nb_execution_raise_on_error = True
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "neuroimmune"
html_static_path = ["_static"]
html_css_files = ["tables.css"]

# The page of the model is written from the model, those of protocols and treatments from their files.
(Path(__file__).parent / "model.md").write_text(
    markdown(treated(neuroimmune.Body(), {"drug": Agent()})), encoding="utf-8"
)
write_protocol_pages(Path(__file__).parent / "protocols")
write_treatment_pages(Path(__file__).parent / "treatments")


def setup(app):
    """Equations become MathML, which browsers draw themselves: pages ask nothing of other servers."""
    from latex2mathml.converter import convert

    def block(page, node):
        page.body.append(convert(node.astext(), display="block"))
        raise SkipNode

    def inline(page, node):
        page.body.append(convert(node.astext()))
        raise SkipNode

    app.add_html_math_renderer("mathml", (inline, None), (block, None))


html_math_renderer = "mathml"
