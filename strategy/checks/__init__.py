"""The checks of fiches A to D, in the order of the steps."""

from strategy.checks import fiche_a, fiche_b, fiche_c, fiche_d  # noqa: F401 (each registers its checks)
from strategy.checks.rule import CHECKS
from strategy.findings import Finding
from strategy.material import Material

__all__ = ["CHECKS", "run"]


def run(material: Material) -> list[Finding]:
    """Every check that fires, in the order of the steps."""
    findings = []
    for check in CHECKS:
        places = tuple(check.find(material))
        if places:
            findings.append(
                Finding(
                    code=check.code,
                    severity=check.severity,
                    step_slug=check.step.slug,
                    message=check.message,
                    places=tuple(place for place in places if place.label),
                    field=check.field,
                )
            )
    return findings
