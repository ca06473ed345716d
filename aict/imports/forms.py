"""The forms of an import: the file and its register, the columns, the way to write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aict.accounts.access import Access
from aict.imports.models import ImportFile
from aict.imports.tables import Table, table_of, tables_for
from aict.ui.fields import in_our_words
from aict.ui.spreadsheets import ENCODINGS, MAX_BYTES, MAX_HEADINGS_LINE, SEPARATORS, Reading, Sheet, letter, shown
from aict.ui.virus_scan import scan

SAMPLES = 3
TOO_BIG = f"Ce fichier dépasse {MAX_BYTES // 1024**2} Mo : découpez-le, ou retirez ce qui ne sert pas."


class UploadForm(forms.Form):
    """A file, and the register that it fills."""

    register = forms.ChoiceField(label="Registre", widget=forms.RadioSelect)
    file = forms.FileField(
        label="Fichier",
        help_text="CSV (séparateur détecté) ou XLSX, 20 Mo et 20 000 lignes au plus. Vous relirez tout avant d’écrire.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"empty": "Ce fichier est vide. Choisissez-en un autre."},
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = tables_for(access.abilities)
        chosen: Any = self.fields["register"]
        chosen.choices = [(table.slug, table.label) for table in tables]
        chosen.error_messages["invalid_choice"] = "Choisissez un registre de la liste."
        self.fields["file"].error_messages["required"] = "Choisissez un fichier."
        for field in self.fields.values():
            in_our_words(field)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(TOO_BIG)
        scan(file)
        return file

    @property
    def table(self) -> Table:
        return table_of(self.cleaned_data["register"])


class ReadingForm(forms.Form):
    """How the file is read, when the guess was wrong."""

    separator = forms.ChoiceField(label="Séparateur", choices=[(sign, name) for sign, name in SEPARATORS.items()])
    encoding = forms.ChoiceField(label="Encodage", choices=list(ENCODINGS.items()))
    sheet = forms.ChoiceField(label="Feuille")
    headings = forms.IntegerField(label="Ligne des en-têtes", min_value=1, max_value=MAX_HEADINGS_LINE)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        reading = sheet.reading
        # Named by a word: a tab would be stripped on its way.
        kwargs["initial"] = {
            "separator": SEPARATORS.get(reading.separator, ""),
            "encoding": reading.encoding,
            "sheet": reading.sheet,
            "headings": reading.headings,
        }
        super().__init__(*args, prefix="lecture", **kwargs)
        names: Any = self.fields["separator"]
        names.choices = [
            (name, f"{name} {'' if sign == chr(9) else sign}".strip()) for sign, name in SEPARATORS.items()
        ]
        if sheet.kind == "csv":
            del self.fields["sheet"]
        else:
            del self.fields["separator"], self.fields["encoding"]
            chosen: Any = self.fields["sheet"]
            chosen.choices = [(name, name) for name in sheet.sheets]
        for field in self.fields.values():
            in_our_words(field)

    @property
    def reading(self) -> Reading:
        """What was asked for."""
        said = self.cleaned_data
        signs = {name: sign for sign, name in SEPARATORS.items()}
        return Reading(
            separator=signs.get(said.get("separator", ""), ""),
            encoding=said.get("encoding", ""),
            sheet=said.get("sheet", ""),
            headings=said["headings"],
        )


class MappingForm(forms.Form):
    """What each column of the file fills."""

    def __init__(self, *args: Any, sheet: Sheet, table: Table, row: ImportFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.table = sheet, table
        choices = [("", "Ne pas importer"), *((key, column.header) for key, column in table.by_key.items())]
        known = set(table.by_key)
        for place, heading in enumerate(sheet.headings):
            proposed = row.mapping[place] if place < len(row.mapping) and row.mapping[place] in known else ""
            self.fields[f"col{place}"] = forms.ChoiceField(
                label=heading or f"Colonne {letter(place)}, sans en-tête",
                choices=choices,
                required=False,
                initial=proposed,
                error_messages={"invalid_choice": "Choisissez dans la liste."},
            )
        if not table.plan_file:  # a known format changes nothing that is recorded
            self.fields["blanks_erase"] = forms.BooleanField(
                label="Les cellules vides effacent ce qui est enregistré",
                required=False,
                initial=row.blanks_erase,
                help_text="Si la case n’est pas cochée, une cellule vide laisse la fiche telle qu’elle est.",
            )

    @property
    def columns(self) -> list[tuple[str, Any, list[str], bool]]:
        """Letter, field, first values and whether the column is filled, for each column of the file."""
        rows = []
        for place in range(len(self.sheet.headings)):
            cells = (shown(line.cells[place]) for line in self.sheet.lines[:50])
            samples = [text[:60] for text in cells if text][:SAMPLES]
            rows.append((letter(place), self[f"col{place}"], samples, bool(self[f"col{place}"].value())))
        return rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for place in range(len(self.sheet.headings)):
            key = cleaned.get(f"col{place}")
            if key and key in taken:
                header = self.table.by_key[key].header
                self.add_error(
                    f"col{place}", f"« {header} » est déjà rempli par la colonne {taken[key]} : gardez-en une."
                )
            elif key:
                taken[key] = letter(place)
        self._ask_for_needed(taken)
        return cleaned

    def _ask_for_needed(self, taken: dict[str, str]) -> None:
        if "ref" in taken and len(taken) > 1:
            return  # rows that exist can be recognised by their reference and changed in one column
        for keys in self.table.needed:
            if not set(keys) & taken.keys():
                headers = " » ou « ".join(self.table.by_key[key].header for key in keys)
                self.add_error(None, f"Indiquez la colonne « {headers} » : sans elle, aucune ligne n’est reconnue.")

    @property
    def mapping(self) -> list[str]:
        """The keys, in the order of the columns."""
        return [self.cleaned_data.get(f"col{place}", "") for place in range(len(self.sheet.headings))]

    @property
    def blanks_erase(self) -> bool:
        """Whether a blank cell empties what is recorded."""
        return self.cleaned_data.get("blanks_erase", False)


class WriteForm(forms.Form):
    """All or nothing, or only the accepted rows."""

    ALL, GOOD = "tout", "acceptees"
    mode = forms.ChoiceField(
        label="Que faut-il écrire ?",
        choices=[
            (ALL, "Tout ou rien : si une ligne est refusée, rien n’est écrit"),
            (GOOD, "Les lignes acceptées seulement, les refusées restent dans le fichier"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qu’il faut écrire.", "invalid_choice": "Choisissez dans la liste."},
    )

    @property
    def only_good(self) -> bool:
        return self.cleaned_data["mode"] == self.GOOD
