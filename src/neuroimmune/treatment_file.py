"""The shape of a treatment's TOML file."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CONDITIONS = ("ME/CFS", "FM", "FND", "long COVID", "other")
BLINDED = ("meta-analysis of blinded trials", "blinded trial")
OPEN = ("meta-analysis of open trials", "open trial")


class Part(BaseModel):
    """A table of the file: no key but those that are known, no number that is not finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Number(Part):
    """A number with its unit and source; `spread` is the standard deviation of its logarithm between people."""

    value: float
    unit: str
    source: str = Field(min_length=3)
    spread: float = Field(default=0.0, ge=0.0, le=2.0)


class Kinetics(Part):
    """What the body does to a drug, for a person of 70 kg and 1.8 m²; what is left out does not happen."""

    k_absorption: Number | None = None
    bioavailability: Number | None = None
    clearance: Number | None = None
    volume: Number | None = None
    exchange: Number | None = None
    volume_tissue: Number | None = None
    exchange_deep: Number | None = None
    volume_deep: Number | None = None
    metabolite_formed: Number | None = None
    metabolite_k: Number | None = None
    metabolite_volume: Number | None = None
    drug_acts: Number | None = None
    metabolite_acts: Number | None = None
    k_effect: Number | None = None


class Metabolite(Part):
    """What the metabolite is, and in what it is counted."""

    unit: str
    name: str = Field(alias="is")


class Target(Part):
    """How strongly a drug reaches a target, in one of three ways: what reaches half, agonism by 1 mg/L, or supply."""

    half: Number | None = None
    potency: Number | None = None
    per_mg: Number | None = None
    note: str = ""

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if sum(way is not None for way in (self.half, self.potency, self.per_mg)) != 1:
            raise ValueError("a target needs exactly one of half, potency and per_mg")
        return self

    @property
    def ways(self) -> dict[str, Number]:
        """The one way that is given, by its name."""
        every = {"half": self.half, "potency": self.potency, "per_mg": self.per_mg}
        return {name: number for name, number in every.items() if number is not None}


class Level(Part):
    """How far a session or a daily practice reaches, and in how many days practice builds up."""

    level: Number
    builds_up: Number | None = None


class Behaviour(Part):
    """How a treatment has people choose their activity."""

    acts: Literal["paces", "pushes", "rests"] | None = None
    rise: Number | None = None


class Genotype(Part):
    """A genotype that changes a number of the kinetics by a factor in some people."""

    gene: str
    share: Number
    changes: str
    by: Number
    name: str = Field(alias="is")


class Harms(Part):
    """Concentrations that act which double the release of liver enzyme, or halve division in the marrow."""

    alt_half: Number | None = None
    marrow_half: Number | None = None


class SideEffect(Part):
    """What some people notice: how many of those treated, and of those on placebo."""

    name: str
    treated: Number
    placebo: Number
    begins: float = Field(ge=0)
    serious: bool = False
    noticed: bool = True  # false for what only a laboratory or a doctor finds


class Evidence(Part):
    """What one study or review found; `seen` is false while nobody has seen its numbers in a source."""

    condition: Literal["ME/CFS", "FM", "FND", "long COVID", "other"]
    design: Literal[
        "meta-analysis of blinded trials", "blinded trial", "meta-analysis of open trials", "open trial",
        "uncontrolled", "survey", "appraisal", "none",
    ]  # fmt: skip
    n: int = Field(default=0, ge=0)
    direction: Literal["for", "against", "null", "mixed"]
    finding: str
    source: str = Field(min_length=3)
    seen: bool


class TreatmentFile(Part):
    """A whole treatment."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    kind: Literal["drug", "procedure", "behaviour"]
    what: str = Field(alias="is")
    forms: list[str] = []
    unit: str = ""
    route: Literal["by mouth", "into a vein", "under the skin", "session", "daily life"]
    lasting: str = ""
    time: str = "08:00"
    example: str
    cleared_by: list[str] = []
    inhibits: list[str] = []
    induces: list[str] = []
    monitoring: list[str] = []
    contraindications: list[str] = []
    assumes: list[str] = []
    kinetics: Kinetics | None = None
    metabolite: Metabolite | None = None
    targets: dict[str, Target] = {}
    sessions: dict[str, Level] = {}
    daily: dict[str, Level] = {}
    behaviour: Behaviour = Behaviour()
    genotype: list[Genotype] = []
    harms: Harms = Harms()
    side_effect: list[SideEffect] = []
    evidence: list[Evidence] = []
    unknown_with: dict[str, str] = {}

    @model_validator(mode="after")
    def fits_its_kind(self) -> Self:
        if (self.kind == "drug" and self.kinetics is not None) != bool(self.targets):
            raise ValueError("targets are reached by a drug with kinetics, and kinetics without targets do nothing")
        if not (self.targets or self.sessions or self.daily or self.behaviour.acts or self.behaviour.rise):
            raise ValueError("a treatment needs targets, sessions, daily or behaviour: as it is, it does nothing")
        return self
