"""Long COVID: WHO 2021 and NASEM 2024."""

from neuroimmune.diagnose.rules import Choices, Definition, Group, Parameter, all_of, any_of, number, yes


def who(p: Choices) -> Group:
    adults = [number("age", "at least", 18)] if p["age"] == "adults" else []
    return all_of(
        "post COVID-19 condition by the WHO",
        yes("covid_infection"),
        *adults,
        yes("covid_symptoms"),
        number("covid_months", "at least", 3),
        number("covid_symptom_months", "at least", 2),
    )


def nasem(p: Choices) -> Group:
    return all_of(
        "long COVID by the National Academies",
        yes("covid_infection"),
        yes("covid_symptoms"),
        number("covid_symptom_months", "at least", 3),
    )


def explained(p: Choices) -> Group:
    return any_of("an alternative diagnosis", yes("covid_other_explanation"))


WHO = Definition(
    "who",
    "Post COVID-19 condition, WHO 2021",
    condition="long COVID",
    source="who2021",
    criteria=who,
    exclusions=explained,
    parameters=(
        Parameter(
            "age",
            "For whom?",
            {"adults": "adults, as published", "all": "any age"},
            "The definition of 2021 was made for adults; children have one of their own.",
        ),
    ),
    notes=("Three months from the onset of the infection is usual, the paper says; here it is a condition.",),
)
NASEM = Definition(
    "nasem",
    "Long COVID, National Academies 2024",
    condition="long COVID",
    source="nasem2024",
    criteria=nasem,
    notes=(
        "No laboratory proof of the infection is required.",
        "That other diagnoses do not exclude is recalled.",
    ),
)
