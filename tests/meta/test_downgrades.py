"""Going back to an earlier version is refused where it would lose what people recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

_WHEN = "'2026-11-20 01:00:00+00:00'"
_ITEM = (
    "INSERT INTO unit (id, code, name, short_name, matters) VALUES (1, 'zjj', '住建局', '', '')",
    "INSERT INTO response_item (id, title, concern, concern_source, answer, level, state, unit_id,"
    " found_at, opened_at, version_id) VALUES"
    f" (1, '车位', '租售', '', '', 'ordinary', 'published', 1, {_WHEN}, {_WHEN}, 1)",
)
_ENTRY = (
    *_ITEM,
    "INSERT INTO entry (id, item_id, index_number, title, concern, concern_source, unit_name,"
    " answer, publisher, published_at)"
    f" VALUES (1, 1, 'HY-1', '车位', '租售', '', '住建局', '答', '新闻办', {_WHEN})",
)
_PACKAGE = (
    _ITEM[0],
    "INSERT INTO policy_package (id, state, title, document_number, issuer, unit_id, level,"
    " planned_on, duty, duty_reason, body, round, edits, created_at, version_id) VALUES"
    " (1, 'released', '办法', '', '市政府', 1, 'city', '2026-11-20', 'none', '按规定', '第一条',"
    f" 1, 0, {_WHEN}, 1)",
)
_COLUMN = (
    "INSERT INTO catalogue_column (code, name, unit_id, valid_from, cadence, version_id)"
    " VALUES ('A01', '水质', 1, '2026-01-01', 'monthly', 1)"
)

# Before which version, what stands in the database, what the refusal says.
LOSSES = {
    "identity": (
        "0049",
        (
            "INSERT INTO user_account (id, username, display_name, password_hash, active)"
            " VALUES (1, 'a', '甲', '', {true})",
            "INSERT INTO oidc_identity (user_id, issuer, subject)"
            " VALUES (1, 'https://id.example', 'u-1')",
        ),
        "1 条统一身份绑定和经它登录的记录会丢失",
    ),
    "view": (
        "0040",
        (
            "INSERT INTO user_account (id, username, display_name, password_hash, active)"
            " VALUES (1, 'a', '甲', '', {true})",
            "INSERT INTO saved_view (list_code, owner_id, name, address, audience, saved_at)"
            f" VALUES ('orders', 1, '超时', 'view=overdue', 'own', {_WHEN})",
        ),
        "1 个常用视图会丢失",
    ),
    "leave": (
        "0024",
        (
            "INSERT INTO user_account (id, username, display_name, password_hash, active)"
            " VALUES (1, 'a', '甲', '', {true}), (2, 'b', '乙', '', {true})",
            "INSERT INTO absence (user_id, deputy_id, first_day, last_day, reason, made_by_name,"
            f" made_at) VALUES (1, 2, '2026-11-20', '2026-11-21', '', '甲', {_WHEN})",
        ),
        "1 条请假和代办的记录会丢失",
    ),
    "judgement": (
        "0027",
        (
            *_ITEM,
            "INSERT INTO response_judgement (item_id, grade, colour, level, kinds, must_answer,"
            " reason, clocks, judged_by_name, judged_at)"
            f" VALUES (1, 'none', 'none', 'ordinary', '[]', {{true}}, '理由', '[]', '甲', {_WHEN})",
        ),
        "1 条研判、",
    ),
    "part": (
        "0027",
        (
            *_ITEM,
            "INSERT INTO response_part (item_id, unit_id, task, due_at, assigned_at,"
            f" assigned_by_name, version_id) VALUES (1, 1, '说明', {_WHEN}, {_WHEN}, '甲', 1)",
        ),
        "1 条研判、承办单位",
    ),
    "wording": (
        "0027",
        (
            *_ITEM,
            "INSERT INTO response_wording (item_id, number, text, agreed_by, recorded_by_name,"
            f" recorded_at) VALUES (1, 1, '口径', '会商', '甲', {_WHEN})",
        ),
        "口径或依据的记录会丢失",
    ),
    "evaluation": (
        "0028",
        (
            *_ITEM,
            "INSERT INTO response_evaluation (item_id, number, effect, asked_again, findings,"
            " lessons, figures, evaluated_by_name, evaluated_at)"
            f" VALUES (1, 1, 'settled', {{false}}, '好', '', '[]', '甲', {_WHEN})",
        ),
        "1 条效果评估的记录会丢失",
    ),
    "deputy": (
        "0029",
        (
            *_ENTRY,
            "INSERT INTO entry_change (entry_id, kind, state, note, title, concern,"
            " concern_source, answer, proposed_at, proposed_by_name, decided_by_name,"
            " decision_note, version_id, on_behalf_of_name)"
            f" VALUES (1, 'withdraw', 'declined', '撤回', '', '', '', '', {_WHEN}, '', '乙', '',"
            " 1, '甲')",
        ),
        "1 条签发验证、代办签发",
    ),
    "proof": (
        "0029",
        (
            *_PACKAGE,
            "INSERT INTO package_gate (package_id, round, gate, at, by_name, proof)"
            f" VALUES (1, 1, 'signed', {_WHEN}, '甲', 'code')",
        ),
        "1 条签发验证",
    ),
    "told": (
        "0029",
        (
            *_PACKAGE,
            "INSERT INTO policy_document (id, package_id, index_number, title, document_number,"
            " issuer, unit_name, body, publisher, published_at)"
            f" VALUES (1, 1, 'ZC-1', '办法', '', '市政府', '住建局', '第一条', '新闻办', {_WHEN})",
            "INSERT INTO webhook_receiver (id, name, url, secret, active, created_at, version_id)"
            f" VALUES (1, '门户', 'https://x/', '', {{true}}, {_WHEN}, 1)",
            "INSERT INTO webhook_delivery (number, receiver_id, document_id, occasion, body, state,"
            " tries, created_at, next_try_at, last_answer)"
            f" VALUES ('n', 1, 1, 'release:1', '{{{{}}}}', 'delivered', 1, {_WHEN}, {_WHEN}, '')",
        ),
        "政策文件推送的记录会丢失",
    ),
    "forgotten": (
        "0031",
        ("INSERT INTO forgotten_year (year) VALUES (2027)",),
        "1 个年度的放假安排",
    ),
    "finding": (
        "0034",
        (
            _ITEM[0],
            "INSERT INTO finding (state, year, source, inspection, inspected_on, problem,"
            " category, unit_id, person, post, measures, basis, round, listed_at,"
            " listed_by_name, version_id) VALUES ('listed', 2026, 'self', '自查', '2026-11-20',"
            f" '没有更新', '', 1, '', '', '', '', 1, {_WHEN}, '甲', 1)",
        ),
        "1 个问题的记录会丢失",
    ),
    "column": ("0034", (_ITEM[0], _COLUMN), "1 个栏目的记录会丢失"),
    "round": (
        "0036",
        (
            "INSERT INTO evaluation_round (year, kind, number, name, evaluator, evaluated_on,"
            " state, bottom, edits, version_id) VALUES"
            " (2026, 'internal', 1, '一', '', '2026-11-20', 'preparing', 1, 0, 1)",
        ),
        "1 轮测评的记录会丢失",
    ),
    "scheme": (
        "0036",
        (
            "INSERT INTO assessment_scheme (year, name, total, share, allowance, source,"
            " all_units, state, edits, version_id) VALUES"
            " (2026, '一', 100, 5, 5, '', {true}, 'draft', 0, 1)",
        ),
        "1 份考核方案的记录会丢失",
    ),
    "frozen": (
        "0038",
        (
            "INSERT INTO frozen_year (year, number, frozen_at, by_name, reason) VALUES"
            f" (2026, 1, {_WHEN}, '甲', '')",
        ),
        "1 次年度定稿的记录会丢失",
    ),
    "entered": (
        "0038",
        (
            "INSERT INTO entered_figure (year, name, measure, value, meaning, basis, entered_at,"
            f" entered_by, version_id) VALUES (2026, '微博', '条', 1, '', '', {_WHEN}, '甲', 1)",
        ),
        "1 个自填数据的记录会丢失",
    ),
}


@pytest.mark.xdist_group("downgrades")  # from version to version, in one process
@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("loss", LOSSES)
def test_nobody_goes_back_behind_what_would_be_lost(loss: str, kind: str, tmp_path: Path) -> None:
    version, rows, said = LOSSES[loss]
    with migrated_database(kind, tmp_path, version) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            yes, no = ("1", "0") if kind == "sqlite" else ("true", "false")
            with db.engine.begin() as connection:
                for row in rows:
                    connection.execute(sa.text(row.format(true=yes, false=no)))
            with pytest.raises(RuntimeError, match=said):
                alembic.downgrade(f"{int(version) - 1:04d}")
            table = rows[-1].split()[2]
            assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")), table
            db.session.rollback()
            db.engine.dispose()


@pytest.mark.xdist_group("downgrades")
@pytest.mark.parametrize("kind", DATABASES)
def test_whoever_goes_back_behind_the_versions_of_people_keeps_them(
    kind: str, tmp_path: Path
) -> None:
    with migrated_database(kind, tmp_path, "0051") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            yes = "1" if kind == "sqlite" else "true"
            with db.engine.begin() as connection:
                for row in (
                    "INSERT INTO user_account (id, username, display_name, password_hash, active)"
                    f" VALUES (1, 'a', '甲', '', {yes})",
                    "INSERT INTO user_role (user_id, role) VALUES (1, 'editor')",
                    "INSERT INTO saved_view (list_code, owner_id, name, address, audience,"
                    f" saved_at) VALUES ('orders', 1, '超时', 'view=overdue', 'own', {_WHEN})",
                ):
                    connection.execute(sa.text(row))
            alembic.downgrade("0050")
            for table in ("user_role", "saved_view"):
                assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 1, table
            db.session.rollback()
            db.engine.dispose()
