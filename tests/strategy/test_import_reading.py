"""A file that cannot be read is refused with its reason, quickly, before anything is built from it."""

import time
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from strategy.imports.reading import MAX_BYTES, UnreadableFileError, parse_case, read_case

LAUGHS = "a0: &a0 [rire, rire]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cas.yaml"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a: [1, 2\nb: 3\n", "pas du YAML lisible à la ligne 2"),
        (b"a:\n\t- b\n", "pas du YAML lisible à la ligne 2"),
        (b"bonjour", "ne contient pas de rubriques"),
        (b"- a\n- b\n", "ne contient pas de rubriques"),
        (b"", "ne contient pas de rubriques"),
        (b"a: b\0\n", "octets nuls"),
        ("a: é\nb: è\n".encode("latin-1"), "Ligne 1 : le fichier n’est pas en UTF-8"),
        ("a: b".encode("utf-16"), "octets nuls"),
        (b"\x89PNG\r\n\x1a\n", "pas en UTF-8"),
        (b"a: 1\n---\nb: 1\n", "second document"),
        (b"a: 1\nb: 2\na: 3\n", "Ligne 3 : la clé « a » est écrite deux fois"),
        (b"? [a, b]\n: c\n", "une clé doit être un mot simple"),
        (b"a: !!python/object/apply:os.system [id]\n", "étiquettes YAML"),
        (LAUGHS.encode(), "renvois YAML"),
        (b"a: &x 1\n", "renvois YAML"),
        (b"[" * 100_000, "niveaux emboîtés"),
        (b"a: {" * 100_000, "niveaux emboîtés"),
        (b"- a\n" * 1_000_000, "valeurs. Découpez"),
        (b'a: "\x07"\n', "pas du YAML lisible"),
    ],
)
def test_an_unreadable_file_is_refused_in_french_in_less_than_a_second(file, content, reason):
    file.write_bytes(content)
    started = time.process_time()
    with pytest.raises(UnreadableFileError) as refused:
        read_case(file)
    assert time.process_time() - started < 1
    assert reason in str(refused.value).replace("\u00a0", " ")


def test_a_file_of_20_mb_is_refused_before_it_is_parsed(file):
    file.write_bytes(b"a: " + b"x" * 20 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="dépasse 5"):
        read_case(file)
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_path_that_is_not_a_file_is_refused(tmp_path, name):
    with pytest.raises(UnreadableFileError, match="n’existe pas"):
        read_case(tmp_path / name)


def test_only_plain_values_are_guessed_and_dates_stay_text():
    case = parse_case(
        "pays: NO\nsiren: 000123455\noui: true\ndate: 2026-02-31\nvide: ~\nnombre: 3.60\n"
        "entier: -12\nheure: 12:30\ninfini: .inf\nenorme: 1e400\nlong: " + "9" * 5000
    )
    assert case["pays"] == "NO"
    assert case["siren"] == "000123455"
    assert case["oui"] is True
    assert case["date"] == "2026-02-31"
    assert case["vide"] is None
    assert case["nombre"] == Decimal("3.60")
    assert case["entier"] == -12
    assert [case["heure"], case["infini"], case["enorme"]] == ["12:30", ".inf", "1e400"]
    assert isinstance(case["long"], str)


def test_a_row_knows_its_line_and_the_line_of_each_key():
    case = parse_case("# titre\nactions:\n  - ref: un\n    title: deux\n")
    row = case["actions"][0]
    assert row.line == 3
    assert row.lines == {"ref": 3, "title": 4}


def test_text_of_every_script_is_read_as_it_is(file):
    file.write_text("a: '🚀 مرحبا <script>alert(1)</script>'\n", encoding="utf-8-sig")
    assert read_case(file)["a"] == "🚀 مرحبا <script>alert(1)</script>"
