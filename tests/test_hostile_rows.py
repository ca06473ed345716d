"""Whatever a text of the register holds, every page, export, feed and answer of the API still comes.

Forms let through what a person pastes: signs that XML forbids, signs that turn the direction of writing, lines that
end an iCalendar property, formulas. The rows are spoilt in the database, as an import or an old version could have.
"""

from __future__ import annotations

import pytest

from aict.accounts.personal_data import tenant_models
from tests import test_no_leak
from tests.access_world import World
from tests.test_access_matrix import GROUPS
from tests.test_no_leak import addresses, grown, put_canaries, read

pytestmark = pytest.mark.once

HOSTILE = {
    "control": "\x01\x08\x0b\x0c\x1f\x7f\x85\ufffe\uffff\u202eשלום\u2066\u0301🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "markup": "=HYPERLINK(1)\r\nEND:VEVENT\r\n;,:\\]]></w:t><script>alert(1)</script>&#0;%00{% debug %}{{ x }}%s{0}",
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("part", GROUPS)
def test_every_page_survives_what_a_text_may_hold(part, text, admin, monkeypatch, subtests):
    world = grown(World(admin.collectivity, admin.user))
    monkeypatch.setattr(test_no_leak, "CANARY", text)
    spoilt = sum(put_canaries(model._base_manager.filter(collectivity=admin.collectivity)) for model in tenant_models())
    assert spoilt > 50
    for name, url in addresses(part, world):
        with subtests.test(f"{name}: {url}"):
            response = read(admin.client, url)
            body = response.getvalue() if response.streaming else response.content
            assert response.status_code < 500
            if "html" in response.headers.get("Content-Type", ""):
                assert b"<script>alert(1)" not in body
