"""Personal data: what must be found, and what tempts but must pass."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responder.core import privacy
from responder.core.privacy import find, id_number_is_valid, luhn_is_valid, mask, mask_name

# Of Hangul and Khmer, joiners, zero width, and a soft hyphen: a reader sees none of them.
FILLERS = "\u3164\u115f\u1160\uffa0\u17b4\u17b5\u034f\u2800\u200c\u200d\u2060\ufeff\u00ad"


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
        ("电话１３８１２３４５６７８", "手机号码", "１３８１２３４５６７８"),
        ("手机138－1234－5678。", "手机号码", "138－1234－5678"),
        ("手机138　1234　5678。", "手机号码", "138　1234　5678"),
        ("手机138.1234.5678。", "手机号码", "138.1234.5678"),
        ("手机138—1234—5678。", "手机号码", "138—1234—5678"),
        ("手机138 - 1234 - 5678。", "手机号码", "138 - 1234 - 5678"),
        ("手机138\u200b12345678。", "手机号码", "138\u200b12345678"),
        ("手机1\u20603\ufeff812345678。", "手机号码", "1\u20603\ufeff812345678"),
        ("2026\u200b13812345678", "手机号码", "13812345678"),
        *(
            (f"手机138{blank}1234{blank}5678。", "手机号码", f"138{blank}1234{blank}5678")
            for blank in FILLERS
        ),
        ("①13812345678", "手机号码", "13812345678"),
        ("008613812345678", "手机号码", "008613812345678"),
        ("＋86 13812345678", "手机号码", "＋86 13812345678"),
        ("外地拨013812345678", "手机号码", "013812345678"),
        ("13812345678元旦期间不在", "手机号码", "13812345678"),
        ("座机（0553）12345678", "固定电话", "0553）12345678"),
        ("座机0553－1234567", "固定电话", "0553－1234567"),
        ("座机05531234567", "固定电话", "05531234567"),
        ("座机010-6655 1234", "固定电话", "010-6655 1234"),
        ("座机+86-21-66551234", "固定电话", "+86-21-66551234"),
        (
            "１１０１０５１９４９１２３１００２Ｘ",
            "身份证号",
            "１１０１０５１９４９１２３１００２Ｘ",
        ),
        ("身份证110105 19491231 002X", "身份证号", "110105 19491231 002X"),
        ("来信zhang.san＠example．com收", "电子邮箱", "zhang.san＠example．com"),
        ("微信：zhangsan123", "微信号", "zhangsan123"),
        ("加微信zhangsan123", "微信号", "zhangsan123"),
        ("微信zhangsan123", "微信号", "zhangsan123"),
        ("微信号abc", "微信号", "abc"),
        ("ＶＸ：zhangsan", "微信号", "zhangsan"),
        ("A栋1201室漏水", "门牌住址", "A栋1201室"),
        ("三栋502室漏水", "门牌住址", "三栋502室"),
        ("三栋五零二室漏水", "门牌住址", "三栋五零二室"),
        ("十二号楼3单元402漏水", "门牌住址", "十二号楼3单元402"),
        ("翠湖名苑3单元402的业主", "门牌住址", "3单元402"),
        ("翠湖名苑3栋1-1201", "门牌住址", "3栋1-1201"),
        ("3栋402多次反映", "门牌住址", "3栋402"),
        ("3栋402家里漏水", "门牌住址", "3栋402"),
        ("3栋402平时没人", "门牌住址", "3栋402"),
        ("3栋402至今无水", "门牌住址", "3栋402"),
        ("翠湖名苑3栋101.栋长家", "门牌住址", "3栋101"),
        ("翠湖名苑3栋101.17栋漏水", "门牌住址", "3栋101"),
        ("长江路88号3栋201", "门牌住址", "88号3栋201"),
        ("长江路88号402室", "门牌住址", "88号402室"),
        ("欧阳建国先生来信", "姓名", "欧阳建国"),
        ("联系人：上官云", "姓名", "上官云"),
        ("王\u200b建国先生反映", "姓名", "王\u200b建国"),
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
        "东经138.1234度，完成率13.81%",
        "数值1381234.5678、0.13812345678、0.05531234567",
        "投入13812345678元，另有13812345678.50元、13812345678万元",
        "订单号055312345678901",
        "编号00112345678、01912345678",  # no such area codes
        "热线12345、010-12345",
        "身份证１１０１０５１９４９１２３１００２１",  # the check digit is wrong
        "文号〔２０２６〕１５号，２０２６－１１－２２起施行",
        "2026-11-22 15:30至2026-11-23 18:00",
        "微信公众号“江澜发布”，微信公众号：jianglanfabu",
        "微信小程序，微信App支付，微信：见公告",
        "官方微信：jianglanfabu",
        "微信公众号https://mp.weixin.qq.com/s/abc123",
        "2栋10层，3栋120平方米，3栋120.5平方米，5栋共1200户，拆除2栋100余间",
        "3号楼1200至1500元，8栋300多户，2栋12台电梯，3栋100间",
        "新建3座110千伏变电站、两座220kV变电站、一座300床位的医院",
        "涉及1号楼12号楼13号楼，3栋12栋13栋，1号楼2单元",
        "市民服务中心在长江路88号，公交换乘12号线",
        "长江路88号楼，长江路88号A座12层",
        "请到305室办理，15号2026年开工",
        "3号楼房屋、5栋12房屋",
        "出东方、到西门先生产后移交",
        "欧阳修纪念馆，欧阳女士们",
        "约１３００户，增长１２．５％，１２３４５６７８９元",
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
    st.text(
        st.sampled_from(
            "0123456789Xx-+ 号楼栋室先生女士王李皖G@.ab：联系人微信"
            "０１３８５－．　（）＠Ｘ—座单元三十加欧阳\u200b\u2060\ufe0f\t\n"
        ),
        max_size=60,
    )
)
def test_findings_never_overlap_and_masking_keeps_the_rest(text: str) -> None:
    findings = find(text)
    for left, right in pairwise(findings):
        assert left.end <= right.start
    assert len(mask(text)) == len(text)


def test_names_show_the_surname_only() -> None:
    assert mask_name("王建国") == "王**"
    assert mask_name("") == ""


@given(st.text(max_size=40))
def test_any_text_at_all_keeps_its_length_and_its_places(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert all(text[found.start : found.end] == found.text for found in find(text))


@given(
    st.sampled_from(
        ["1", "138", "0", "05", " ", "-", "1 ", "\u200b", "1\u200b", "a", "a@", "a.", "三"]
    ),
    st.sampled_from(["", "微信号", "加微信", "3栋", "x@", "+86", "联系人："]),
)
@settings(deadline=None, max_examples=60)
def test_long_runs_are_read_in_one_go(piece: str, before: str) -> None:
    text = before + piece * 20_000
    assert len(mask(text)) == len(text)


def test_what_is_read_by_its_words_is_without_personal_data() -> None:
    text = "电话13912345678打不通，住3号楼2单元501"
    assert privacy.without(text) == "电话□打不通，住□"
    assert privacy.without("水管又爆了") == "水管又爆了"


def test_recorded_names_are_of_people() -> None:
    recorded = ["王小明", "李四先生", "张三、欧阳建国", "阿依古丽·买买提", "佟丽娅"]
    people = {"王小明", "李四", "张三", "欧阳建国", "阿依古丽·买买提", "佟丽娅"}
    assert privacy.recorded_names(recorded) == people
    nobody = ["", "市民123", "市民", "王女士", "王", "user_1", "热心市民小王", "路灯", "匿名网友"]
    assert privacy.recorded_names(nobody) == frozenset()


def test_a_recorded_name_is_masked_wherever_it_stands() -> None:
    names = frozenset({"王小明", "李四"})
    assert mask("请王小明13912345678，王 小明和李四先生", names=names) == (
        "请王**139******78，王***和李*先生"
    )
    assert [one.text for one in privacy.named("王小明来过", names)] == ["王小明"]
    assert privacy.named("王小明来过", privacy.NOBODY) == []
