"""Sphinx settings; `make docs` treats every warning as an error."""

import neuroimmune

project = "neuroimmune"
author = copyright = "neuroimmune contributors"
release = version = neuroimmune.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
nb_execution_raise_on_error = True
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "neuroimmune"
