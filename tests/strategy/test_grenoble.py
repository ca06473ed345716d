"""The real case: a collectivité's whole file, and the checks that must fire on it, no more, no less."""

from __future__ import annotations

import pytest
import yaml
from django.core.management import call_command

from strategy import checks
from strategy.material import Material
from strategy.models import Strategy


@pytest.fixture
def case(shared_folder, db):
    path = shared_folder / "cases" / "grenoble-alpes-metropole.yaml"
    call_command("import_strategy", str(path), verbosity=0)
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_checks_that_fire_are_those_expected_on_the_steps(case):
    material = Material.load(Strategy.objects.get(), case["case"]["reference_date"])
    fired = {(f.severity.value, f.code, f.step_slug, frozenset(p.ref for p in f.places)) for f in checks.run(material)}
    expected = {
        (check["severity"], check["code"], check["place"], frozenset(check["rows"]))
        for check in case["expected_checks"]["fired"]
        if not check["place"].startswith("fiche-")
    }
    assert fired == expected
    assert len(expected) == 10


def test_the_command_prints_one_line_per_finding(case, capsys):
    call_command("strategy_checks", str(Strategy.objects.get().pk), on=case["case"]["reference_date"])
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[:4] for line in lines if line[1] == "dispositif-perime"] == [
        ["alerte", "dispositif-perime", "c-3-financer", "c3-2,c3-9"]
    ]
    assert all(len(line) == 5 and line[4] for line in lines)
    assert len(lines) == 10
