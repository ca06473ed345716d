"""Uncovered periods in SQL: what the agreements of each territory leave open, in one query on either database.

The reading is that of `standing.effects` and `timelines.coverage`; a test compares both with a count day by day.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connections

from aict.ui.timelines import Period
from partners import legal_cover

if TYPE_CHECKING:
    from partners.models.agreements import AgreementQuerySet

_DIALECTS = {
    "postgresql": {
        "least": "LEAST",
        "greatest": "GREATEST",
        "day_before": "({} - 1)",
        "day_after": "({} + 1)",
        "never": "DATE '9999-12-31'",
        "always": "DATE '0001-01-01'",
        "given": "%s::date",
    },
    "sqlite": {
        "least": "MIN",
        "greatest": "MAX",
        "day_before": "date({}, '-1 day')",
        "day_after": "date({}, '+1 day')",
        "never": "'9999-12-31'",
        "always": "'0001-01-01'",
        "given": "%s",
    },
}

# term: one row per stretch of an agreement under one end; an avenant begins the next one (LEAD).
# span: its days of effect. reach: how far the spans before it already cover the territory (running maximum).
_UNCOVERED = """
WITH agreement (id, territory_id, began, ends, denounced_on) AS ({agreements}),
change (agreement_id, since, ends, rank) AS (
    SELECT id, {always}, ends, 0 FROM agreement
    UNION ALL
    SELECT agreement_id, effective_on, partners_amendment.ends, partners_amendment.id
    FROM partners_amendment JOIN agreement ON agreement.id = agreement_id
    WHERE partners_amendment.ends IS NOT NULL
),
term AS (
    SELECT agreement_id, since, ends,
           LEAD(since) OVER (PARTITION BY agreement_id ORDER BY since, rank) AS until
    FROM change
),
span AS (
    SELECT agreement.id, agreement.territory_id,
           {greatest}(began, since) AS first,
           {least}(COALESCE(term.ends, {never}), COALESCE({before_until}, {never}),
                   COALESCE({before_denounced}, {never})) AS last
    FROM term JOIN agreement ON agreement.id = term.agreement_id
),
cover AS (
    SELECT territory_id, first, last FROM span WHERE first <= last
    UNION
    SELECT partners_agreementparty.territory_id, first, last
    FROM span JOIN partners_agreementparty ON partners_agreementparty.agreement_id = span.id
    WHERE first <= last AND partners_agreementparty.territory_id IS NOT NULL
),
reached AS (
    SELECT territory_id, first, MAX(last) OVER (
        PARTITION BY territory_id ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reach
    FROM cover
)
SELECT territory_id, {after_reach} AS start, {before_first} AS finish FROM reached WHERE first > {after_reach}
UNION ALL
SELECT territory_id, {after_last}, {given} FROM cover GROUP BY territory_id HAVING MAX(last) < {given}
ORDER BY 1, 2
"""


def uncovered(agreements: AgreementQuerySet, on: date) -> dict[int, list[Period]]:
    """The uncovered periods by number of territory: between agreements, then from the last one up to `on`.

    A territory that nothing ever covered has no period here: its cover never began.
    """
    connection = connections[agreements.db]
    rows = agreements.order_by().annotate(began=legal_cover.start_expression()).filter(began__isnull=False)
    try:
        inner, parameters = (
            rows.values_list("pk", "territory_id", "began", "ends", "denounced_on")
            .query.get_compiler(connection=connection)
            .as_sql()
        )
    except EmptyResultSet:
        return {}
    dialect = _DIALECTS[connection.vendor]
    names = {
        "before_until": dialect["day_before"].format("until"),
        "before_denounced": dialect["day_before"].format("denounced_on"),
        "after_reach": dialect["day_after"].format("reach"),
        "before_first": dialect["day_before"].format("first"),
        "after_last": dialect["day_after"].format("MAX(last)"),
    }
    sql = _UNCOVERED.format(agreements=inner, **dialect, **names)
    found: dict[int, list[Period]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, on.isoformat(), on.isoformat()])
        for territory, start, finish in cursor.fetchall():
            found.setdefault(territory, []).append(Period(_day(start), _day(finish), False))
    return found


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
