"""The case definitions, each written once, as a rule that reads like the published text."""

from neuroimmune.diagnose.definitions.canadian import CCC, RCCC, RCCC_ATYPICAL
from neuroimmune.diagnose.definitions.fibromyalgia import AAPT_2018, ACR1990, ACR2010, ACR2011, ACR2016
from neuroimmune.diagnose.definitions.fukuda import FUKUDA, ICF
from neuroimmune.diagnose.definitions.functional import FND
from neuroimmune.diagnose.definitions.icc import ICC, ICC_ATYPICAL
from neuroimmune.diagnose.definitions.iom import IOM
from neuroimmune.diagnose.definitions.london import LONDON
from neuroimmune.diagnose.definitions.longcovid import NASEM, WHO
from neuroimmune.diagnose.definitions.malaise import PEM
from neuroimmune.diagnose.definitions.nice import NICE, NICE_SUSPECT
from neuroimmune.diagnose.definitions.oxford import OXFORD, PIFS
from neuroimmune.diagnose.rules import Definition

DEFINITIONS: dict[str, Definition] = {
    definition.key: definition
    for definition in (
        FUKUDA,
        ICF,
        OXFORD,
        PIFS,
        CCC,
        RCCC,
        RCCC_ATYPICAL,
        ICC,
        ICC_ATYPICAL,
        IOM,
        NICE,
        NICE_SUSPECT,
        LONDON,
        PEM,
        ACR1990,
        ACR2010,
        ACR2011,
        ACR2016,
        AAPT_2018,
        FND,
        WHO,
        NASEM,
    )
}
