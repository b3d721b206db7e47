"""One worry, from three phone calls to the public column, as the people of the office."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from responder.demo.accounts import PASSWORD

ESTATE = "望淮新苑"
CALLS = (
    f"{ESTATE}三期地下车库连续一周积水，电动车充电桩都泡在水里，物业说泵坏了没人修。",
    f"我住{ESTATE}三期，地下车库又积水了，水泵坏了一个星期没人修，车都开不进去。",
    f"{ESTATE}三期地下车库积水严重，水泵一直坏着，充电桩泡水，担心漏电伤人。",
)
ANSWER = (
    "接到反映后，市住房和城乡建设局会同属地街道当日到场，督促物业企业更换损坏的排水泵，"
    "并对充电设施断电检测。目前积水已排干，充电桩经检测合格后恢复使用。"
    "下一步将对全市老旧地下车库排水设施开展一次全面检查。"
)
TITLE = f"关于{ESTATE}地下车库积水问题的回应"


def log_call(page: Page, words: str, caller: str) -> None:
    page.goto("/messages/new")
    expect(page.get_by_label("诉求内容")).to_be_focused()
    page.keyboard.type(words)
    page.get_by_label("标题").fill(f"{ESTATE}地下车库积水")
    page.get_by_label("来电人姓名").fill(caller)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("登记")


def find_topic(page: Page) -> None:
    page.goto("/topics")
    page.get_by_role("button", name="立即聚合新留言").click()
    page.get_by_label("话题名称").fill(ESTATE)
    page.get_by_role("button", name="查找").click()
    page.locator(".listing__row").get_by_role("link", name=re.compile(ESTATE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ESTATE)


def item_address(page: Page) -> str:
    found = re.search(r"/responses/\d+$", page.url)
    assert found, page.url
    return found.group()


def open_item(page: Page) -> str:
    page.get_by_role("link", name="发起回应").click()
    page.get_by_label("标题").fill(TITLE)
    page.get_by_label("关切内容").fill(
        "居民反映地下车库排水泵损坏、连续多日积水，影响停车和充电安全。"
    )
    page.get_by_label("回应单位").select_option(label="市住房和城乡建设局")
    page.get_by_role("button", name="发起回应").click()
    page.wait_for_url(re.compile(r"/responses/\d+$"))
    expect(page.get_by_text("还剩 47 小时").first).to_be_visible()
    return item_address(page)


def take(page: Page, address: str, button: str, state: str, stay: bool = False) -> None:
    """Open the item, unless it is open and filled in, and take one step."""
    if not stay:
        page.goto(address)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".page-head")).to_contain_text(state)


def find_nothing_secret(page: Page, address: str) -> None:
    """Each question of the secrecy check is answered."""
    page.goto(address)
    for answer in page.get_by_role("radio", name="不涉及").all():
        answer.check()


def write_the_answer(office, address: str) -> None:
    """The editor drafts; the gate finds a number; the editor takes it out and submits."""
    editor = office.sign_in("editor")
    editor.goto(address)
    editor.get_by_label("回应内容").fill(f"{ANSWER}联系电话19000001234。")
    editor.get_by_role("button", name="保存稿件").click()
    expect(editor.get_by_text("发现 1 处个人信息")).to_be_visible()
    editor.get_by_label("回应内容").fill(ANSWER)
    editor.get_by_role("button", name="保存稿件").click()
    expect(editor.get_by_text("处个人信息")).to_have_count(0)
    take(editor, address, "提交初审", "待初审")


def read_as_a_citizen(office) -> None:
    """The column and the feed show the answer to whoever comes by."""
    citizen = office.open(width=390)
    citizen.goto("/concerns")
    citizen.get_by_role("link", name=TITLE).click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(citizen.get_by_text("更换损坏的排水泵")).to_be_visible()
    feed = citizen.request.get("/concerns/feed.xml")
    assert feed.ok
    assert TITLE in feed.text()


def read_the_trail(office, address: str) -> None:
    """Every deed of every person is told."""
    auditor = office.sign_in("auditor")
    auditor.goto(address)
    trail = auditor.locator("main").inner_text()
    told = [
        "发起回应",
        "保存稿件",
        "提交初审",
        "初审通过",
        "复审通过",
        "终审通过",
        "保密审查通过",
        "签发",
        "立即发布",
    ]
    for deed in told:
        assert deed in trail, deed
    for name in ("沈知微", "林书言", "贺明远", "宋怀谷", "梁思齐", "孟慎言", "陆承平", "顾清和"):
        assert name in trail, name
    auditor.goto("/audit")
    expect(auditor.get_by_text("立即发布").first).to_be_visible()


def test_one_worry_from_the_calls_to_the_public_column(office) -> None:
    operator = office.sign_in("operator")
    for words, caller in zip(CALLS, ("何苗", "盛夏", "卫东"), strict=True):
        log_call(operator, words, caller)

    analyst = office.sign_in("analyst")
    find_topic(analyst)
    expect(analyst.get_by_text("3 人，3 条").first).to_be_visible()
    topic_address = analyst.url.removeprefix(office.url)

    press = office.sign_in("press")
    press.goto(topic_address)
    events = press.get_by_label("关联到已有活动")
    events.select_option(index=1)
    press.get_by_role("button", name="关联", exact=True).click()
    expect(press.get_by_text("已关联").first).to_be_visible()

    analyst.goto(topic_address)
    address = open_item(analyst)

    write_the_answer(office, address)
    take(office.sign_in("first"), address, "初审通过", "待复审")
    take(office.sign_in("second"), address, "复审通过", "待终审")
    take(office.sign_in("third"), address, "终审通过", "待保密审查")
    secrecy = office.sign_in("secrecy")
    find_nothing_secret(secrecy, address)
    take(secrecy, address, "保密审查通过", "待签发", stay=True)
    signer = office.sign_in("signer")
    signer.goto(address)
    signer.get_by_label("您的登录密码").fill(PASSWORD)
    take(signer, address, "签发", "已签发", stay=True)
    take(press, address, "立即发布", "已发布")

    read_as_a_citizen(office)
    read_the_trail(office, address)


def test_each_step_is_closed_to_whoever_may_not(office) -> None:
    """The buttons are not there, and asking for the address all the same is refused."""
    operator = office.sign_in("operator")
    spokesperson = office.sign_in("spokesperson")
    for page, closed in (
        (operator, ("/planning/calendar", "/responses", "/audit", "/people")),
        (spokesperson, ("/messages/new", "/responses/open", "/planning/events/new", "/people")),
    ):
        for address in closed:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 403, address
            expect(page.get_by_role("heading", level=1)).to_contain_text("没有打开这个页面的权限")

    editor = office.sign_in("editor")
    editor.goto("/responses?state=first_review")
    editor.locator("main").get_by_role("link", name=re.compile("^关于")).first.click()
    address = item_address(editor)
    expect(editor.get_by_role("button", name="初审通过")).to_have_count(0)
    for action, people in {
        "approve_first": ("editor", "press", "second", "signer", "analyst"),
        "sign": ("editor", "first", "press"),
        "submit": ("press", "first"),
    }.items():
        for username in people:
            page = office.sign_in(username)
            assert refused(page, f"{address}/{action}"), f"{username} could {action}"
    page = office.sign_in("first")
    assert refused(page, address.replace("/responses/", "/publishing/items/") + "/publish")


def refused(page: Page, address: str) -> bool:
    """Whether posting there, with a right form token, is refused."""
    token = page.locator("input[name=csrf_token]").first.input_value()
    answer = page.request.post(address, form={"csrf_token": token}, max_redirects=0)
    return answer.status in {403, 409}
