"""Personal data: what must be found, and what tempts but must pass."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core.privacy import find, id_number_is_valid, luhn_is_valid, mask, mask_name


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("请回电19000001234。", "手机号码", "19000001234"),
        ("电话190 0000 1234", "手机号码", "190 0000 1234"),
        ("+8619000001234", "手机号码", "+8619000001234"),
        ("座机0599-5550123", "固定电话", "0599-5550123"),
        ("身份证11010519491231002X号", "身份证号", "11010519491231002X"),
        ("卡号6222 0212 3456 7890 128", "银行卡号", "6222 0212 3456 7890 128"),
        ("来信zhang.san@example.com收", "电子邮箱", "zhang.san@example.com"),
        ("我的微信号abc_12345", "微信号", "abc_12345"),
        ("皖G12345违停", "车牌号", "皖G12345"),
        ("新能源车皖GD12345", "车牌号", "皖GD12345"),
        ("王建国先生反映", "姓名", "王建国"),
        ("投诉人：李四，男", "姓名", "李四"),
        ("住3栋2单元1203室", "门牌住址", "3栋2单元1203室"),
        ("住12号楼1203", "门牌住址", "12号楼1203"),
    ],
)
def test_personal_data_is_found_and_masked(text: str, label: str, found: str) -> None:
    [finding] = find(text)
    assert (finding.label, finding.text) == (label, found)
    assert text[finding.start : finding.end] == found
    assert found not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "订单号20261122000012345678",
        "身份证号110105194912310021",  # the check digit is wrong
        "卡号6222 0212 3456 7890 123",  # fails Luhn
        "文号〔2026〕15号，2026年11月22日起施行",
        "总投资12345678901.50元",
        "请拨打12345热线",
        "3号楼2026年交付，5栋共1200户",
        "女士们先生们",
        "邮箱格式为 名称@域名",
        "面积1300平方米，长13812米",
    ],
)
def test_harmless_text_passes(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("number", "valid"),
    [("11010519491231002X", True), ("110105194912310021", False), ("110105194913310025", False)],
)
def test_id_number_check_digit(number: str, valid: bool) -> None:
    assert id_number_is_valid(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("4111111111111111", True), ("4111111111111112", False)]
)
def test_luhn(number: str, valid: bool) -> None:
    assert luhn_is_valid(number) is valid


def test_each_piece_is_found_once_even_where_kinds_overlap() -> None:
    text = "身份证11010519491231002X，手机19000001234"
    assert [finding.kind for finding in find(text)] == ["id_number", "mobile"]


@given(
    st.text(st.sampled_from("0123456789Xx-+ 号楼栋室先生女士王李皖G@.ab：联系人微信"), max_size=60)
)
def test_findings_never_overlap_and_masking_keeps_the_rest(text: str) -> None:
    findings = find(text)
    for left, right in pairwise(findings):
        assert left.end <= right.start
    assert len(mask(text)) == len(text)


def test_names_show_the_surname_only() -> None:
    assert mask_name("王建国") == "王**"
    assert mask_name("") == ""
