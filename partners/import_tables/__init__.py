"""How files fill the partners' registers: headings (those of the exports), natural keys, rules of entry.

A cell names what it cites: a country, a territory, a group. What is exported and depends on other rows (state, number
of actions, avenants, previous agreement) is never read back, and an import leaves it untouched.
"""

from partners.import_tables.agreements import AGREEMENTS
from partners.import_tables.stakeholders import STAKEHOLDERS
from partners.import_tables.territories import TERRITORIES
from partners.import_tables.twinnings import TWINNINGS

__all__ = ["AGREEMENTS", "STAKEHOLDERS", "TERRITORIES", "TWINNINGS"]
