"""Write the example files of invented respondents beside this file: python examples/make_respondents.py"""

import csv
import json
from pathlib import Path

import numpy as np

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.diagnose.practice import practice
from neuroimmune.diagnose.redcap import dictionary

HERE = Path(__file__).parent
REDCAP, FHIR = "dsq-2", ("dsq-sf", "phq9", "gad7")


def cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:g}"


def write_csv(answers: Answers, path: Path, columns: list[str], labels: bool = False) -> None:
    def shown(column: str, value: float) -> str:
        item = ITEMS[column]
        return item.labels[int(value - item.low)] if labels and item.labels and not np.isnan(value) else cell(value)

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["record_id", *columns])
        for row, person in enumerate(answers.people):
            writer.writerow([person, *(shown(column, answers[column][row]) for column in columns)])


def response(answers: Answers, row: int, key: str) -> dict:
    given = [(c, answers[c][row]) for c in INSTRUMENTS[key].columns if not np.isnan(answers[c][row])]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": f"urn:neuroimmune:diagnose:{key}",
        "subject": {"reference": f"Patient/{answers.people[row]}"},
        "item": [{"linkId": column, "answer": [{"valueInteger": int(value)}]} for column, value in given],
    }


def main(folder: Path = HERE) -> None:
    answers = practice(240)
    write_csv(answers, folder / "respondents.csv", list(answers.columns))
    write_csv(answers, folder / "redcap_export.csv", INSTRUMENTS[REDCAP].columns, labels=True)
    (folder / "redcap_dictionary.csv").write_text(dictionary(INSTRUMENTS[REDCAP]), encoding="utf-8")
    entries = [{"resource": response(answers, row, key)} for row in range(4) for key in FHIR]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    (folder / "fhir_responses.json").write_text(json.dumps(bundle, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
