"""Import of a collectivité's registers and strategy from one YAML file.

reading (bytes to rows, with limits) → planning (rows to drafts and a report, nothing written) → writing
(one transaction). columns.py is the format: its keys are those of the file, its names those of the models.
"""

from strategy.imports.planning import Plan, plan_import
from strategy.imports.reading import UnreadableFileError, read_case
from strategy.imports.report import Report
from strategy.imports.writing import write

__all__ = ["Plan", "Report", "UnreadableFileError", "plan_import", "read_case", "write"]
