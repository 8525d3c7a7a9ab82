"""The questionnaires, each declared once."""

from neuroimmune.diagnose.instrument import Banded, Instrument, Item, Ratio, Score
from neuroimmune.diagnose.instruments.body import COMPASS31, PHQ15
from neuroimmune.diagnose.instruments.dsq import DSQ2, DSQ_PEM, DSQ_SF
from neuroimmune.diagnose.instruments.fatigue import CFQ11, CIS20, FSS, MFI20
from neuroimmune.diagnose.instruments.function import FUNCAP27, FUNCAP55
from neuroimmune.diagnose.instruments.history import HISTORY
from neuroimmune.diagnose.instruments.mood import GAD7, HADS, PHQ9
from neuroimmune.diagnose.instruments.pain import AAPT, FIQR, WPI_SSS
from neuroimmune.diagnose.instruments.rand36 import RAND36
from neuroimmune.diagnose.instruments.sleep import PSQI

INSTRUMENTS: dict[str, Instrument] = {
    instrument.key: instrument
    for instrument in (
        DSQ2,
        DSQ_SF,
        DSQ_PEM,
        RAND36,
        CFQ11,
        MFI20,
        FSS,
        CIS20,
        FUNCAP27,
        FUNCAP55,
        PSQI,
        HADS,
        PHQ9,
        PHQ15,
        GAD7,
        COMPASS31,
        WPI_SSS,
        AAPT,
        FIQR,
        HISTORY,
    )
}
ITEMS: dict[str, Item] = {item.column: item for instrument in INSTRUMENTS.values() for item in instrument.items}
SCORES: dict[str, Score | Banded | Ratio] = {
    score.column: score for instrument in INSTRUMENTS.values() for score in instrument.scores
}
